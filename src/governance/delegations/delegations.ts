import { Refusal } from '../../errors.ts';
import {
  type DelegationRow,
  endDelegations,
  findDelegation,
  insertDelegation,
  listLiveDelegations,
  lockDelegations,
} from '../../store/people/delegations.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  readerZone,
  requirePermission,
} from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { loadNames } from '../people/display-name.ts';
import { cannotDecideReason } from '../people/person-search.ts';
import { findZone } from '../people/person-zones.ts';
import { endOfDay, startOfDay, toIsoDay } from '../wording/calendar-days.ts';
import { formatDate } from '../wording/relative-time.ts';
import { findCycle, type Span } from './delegation-cycles.ts';
import {
  type DelegationReader,
  describeActingFor,
  describeDelegate,
  describeDelegation,
  describeNewDelegate,
  hasEnded,
} from './describe.ts';

/**
 * Sets the delegate who gets a person's new tasks, and ends an earlier delegation. Open tasks stay with their
 * assignees.
 * @param input.from the first day of the person, such as "2027-01-10"; now if left out
 * @param input.until the last day of the person; without one, the delegation goes on until it is ended
 * @returns a sentence for the actor that describes the delegation
 * @throws Refusal forbidden (for somebody else), missing, invalid (who, or when, or a cycle).
 */
export async function setDelegate(
  ctx: ActorCtx,
  input: {
    personId: number;
    delegateId: number;
    from?: string | undefined;
    until?: string | undefined;
  },
): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    await requireMayDelegate(ctx, input.personId);
    const span = requireSpan(ctx, await findZone(ctx, input.personId), input);
    const person = await findPerson(ctx.db, input.personId);
    const delegate = await findPerson(ctx.db, input.delegateId);
    if (!person || !delegate) throw new Refusal('missing', 'That person is not known here.');
    await requireAble(ctx, person, delegate);
    await lockDelegations(ctx.db);
    await requireNoCycle(ctx, { person, delegate }, span);
    const before = await endDelegations(ctx.db, person.id, span.startsAt);
    const id = await insertDelegation(ctx.db, {
      personId: person.id,
      delegateId: delegate.id,
      startsAt: span.startsAt,
      endsAt: span.endsAt ?? null,
      createdBy: ctx.actor.personId,
      createdAt: ctx.now,
      setVia: ctx.via,
    });
    await audit(ctx, 'delegation.set', subjectOf.person(person.id), {
      before: { delegations: before },
      after: { delegation: id, delegate: delegate.id, ...span },
    });
    for (const ended of before) await notifyDelegation(ctx, ended);
    return describeNewDelegate(await notifyDelegation(ctx, id), readerOf(ctx, ctx.actor.personId));
  });
}

/**
 * Ends the delegations of a person, also planned ones. The person gets their new tasks again.
 * @returns a sentence for the actor
 * @throws Refusal missing (there is no delegate), forbidden (somebody else's).
 */
export async function endDelegation(ctx: ActorCtx, input: { personId: number }): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    await requireMayDelegate(ctx, input.personId);
    await lockDelegations(ctx.db);
    const ended = await endDelegations(ctx.db, input.personId, ctx.now);
    const isOwn = input.personId === ctx.actor.personId;
    const person = isOwn ? 'you' : ((await findPerson(ctx.db, input.personId))?.name ?? 'them');
    if (ended.length === 0) {
      throw new Refusal('missing', `There is nothing to end: nobody acts for ${person}.`);
    }
    await audit(ctx, 'delegation.end', subjectOf.person(input.personId), {
      before: { delegations: ended },
    });
    for (const id of ended) await notifyDelegation(ctx, id);
    return `The delegation has ended. New tasks go to ${person} again.`;
  });
}

/** The delegates of a person (`mine`) and the people for whom the person acts (`others`), as sentences for the person. */
export interface OwnDelegations {
  mine: string[];
  others: string[];
}

/** Lists the actor's delegations, current and planned. */
export async function listDelegations(ctx: ActorCtx): Promise<OwnDelegations> {
  const me = ctx.actor.personId;
  const live = await withDelegationNames(ctx, await listLiveDelegations(ctx.db, ctx.now, me));
  const reader = readerOf(ctx, me);
  return {
    mine: live.filter((row) => row.personId === me).map((row) => describeDelegate(row, reader)),
    others: live
      .filter((row) => row.delegateId === me && row.isPersonHere)
      .map((row) => describeActingFor(row, reader)),
  };
}

/** Reads the notice about a delegation, and whether it is news for the reader. */
export async function readDelegation(
  ctx: Ctx,
  id: number,
  readerId: number,
): Promise<{ notice: Notice; isNews: boolean } | undefined> {
  const found = await findDelegation(ctx.db, id);
  const [row] = await withDelegationNames(ctx, found ? [found] : []);
  return (
    row && {
      notice: describeDelegation(row, readerOf(ctx, readerId)),
      // An end is news for the person, whose tasks come back, but not for a delegate who had no message.
      isNews: !hasEnded(row, ctx.now) || readerId === row.personId,
    }
  );
}

async function withDelegationNames(
  ctx: Ctx,
  list: readonly DelegationRow[],
): Promise<DelegationRow[]> {
  const names = await loadNames(
    ctx,
    list.flatMap(({ personId, delegateId, setById }) => [personId, delegateId, setById]),
  );
  return list.map((row) => ({
    ...row,
    person: names.get(row.personId) ?? row.person,
    delegate: names.get(row.delegateId) ?? row.delegate,
    setBy: row.setById === null ? row.setBy : (names.get(row.setById) ?? row.setBy),
  }));
}

async function requireMayDelegate(ctx: ActorCtx, personId: number): Promise<void> {
  if (personId !== ctx.actor.personId) await requirePermission(ctx, 'delegateForAnyone');
}

function readerOf(ctx: Ctx, id: number): DelegationReader {
  return { id, zone: readerZone(ctx), now: ctx.now };
}

/** Reads the days of a delegation in the zone of the person whose tasks it moves. A first day of today means now. */
function requireSpan(
  { now }: Ctx,
  zone: string,
  { from, until }: { from?: string | undefined; until?: string | undefined },
): Span {
  const today = toIsoDay(now, zone);
  const startsAt = from === undefined || from === today ? now : startOfDay(from, zone);
  const endsAt = until === undefined ? undefined : endOfDay(until, zone);
  if (startsAt < now) {
    const day = formatDate(startsAt, zone);
    throw new Refusal('invalid', `${day} is in the past. Choose a later first day.`);
  }
  if (endsAt && endsAt <= now) {
    const day = formatDate(endsAt, zone);
    throw new Refusal('invalid', `${day} is in the past. Choose a later last day.`);
  }
  if (endsAt && endsAt <= startsAt) {
    throw new Refusal(
      'invalid',
      `The last day, ${formatDate(endsAt, zone)}, is before the first day, ${formatDate(startsAt, zone)}. Choose a later last day.`,
    );
  }
  return { startsAt, endsAt };
}

async function requireAble(ctx: ActorCtx, person: Person, delegate: Person): Promise<void> {
  if (person.id === delegate.id) {
    const isOwn = person.id === ctx.actor.personId;
    const own = isOwn ? 'You cannot be your' : `${person.name} cannot be their`;
    throw new Refusal('invalid', `${own} own delegate. Choose somebody else.`);
  }
  if (!person.active || person.closedAt) {
    throw new Refusal('invalid', `${person.name} is not active and gets no new tasks.`);
  }
  const reason = await cannotDecideReason(ctx, delegate);
  if (reason) {
    throw new Refusal('invalid', `${delegate.name} ${reason} and cannot be a delegate.`);
  }
}

/** @throws Refusal invalid when the tasks would return to the person at any moment of the span. */
async function requireNoCycle(
  ctx: Ctx,
  { person, delegate }: { person: Person; delegate: Person },
  span: Span,
): Promise<void> {
  const live = await listLiveDelegations(ctx.db, ctx.now);
  const cycle = findCycle(live, { personId: person.id, delegateId: delegate.id }, span);
  if (!cycle) return;
  const path = [person.name, ...cycle.map((row) => row.person), person.name].join(' → ');
  throw new Refusal(
    'invalid',
    `The tasks of ${person.name} would return to ${person.name} (${path}). Choose somebody else or other days.`,
  );
}

/**
 * Notifies the delegate, and the person when somebody else set the delegation, or when it was set or ended from an
 * e-mail: its reader may be somebody else.
 */
async function notifyDelegation(ctx: ActorCtx, id: number): Promise<DelegationRow> {
  const row = await findDelegation(ctx.db, id);
  if (!row) throw new Error(`delegation ${id} is not there`);
  const isByMail = ctx.via === 'email' || row.setVia === 'email';
  const notifiesPerson =
    isByMail || [ctx.actor.personId, row.setById].some((one) => one !== row.personId);
  await notify(
    ctx,
    [row.delegateId, ...(notifiesPerson ? [row.personId] : [])].map((recipientId) => ({
      recipientId,
      kind: 'delegation',
      subjectId: id,
      priority: 1,
    })),
  );
  await redrawHomes(ctx, [row.personId, row.delegateId]);
  return row;
}
