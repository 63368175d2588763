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
  requirePermission,
} from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { cannotActReason } from '../people/person-search.ts';
import { onDay, toIsoDay } from '../wording/calendar-days.ts';
import { findCycle, type Span } from './delegation-cycles.ts';
import {
  describeActingFor,
  describeDelegate,
  describeDelegation,
  describeNewDelegate,
  hasEnded,
} from './describe.ts';

/**
 * Sets the delegate who gets a person's new tasks, in the place of an earlier delegate. Open tasks stay where they
 * are. `startsAt` left out is now.
 * @returns the delegation from now on, as a sentence for the actor.
 * @throws Refusal with the one sentence that says why it cannot be.
 */
export async function setDelegate(
  ctx: ActorCtx,
  input: {
    personId: number;
    delegateId: number;
    startsAt?: Date | undefined;
    endsAt?: Date | undefined;
  },
): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    await requireMayDelegate(ctx, input.personId);
    const span = requireSpan(ctx, input);
    const person = await findPerson(ctx.db, input.personId);
    const delegate = await findPerson(ctx.db, input.delegateId);
    if (!person || !delegate) throw new Refusal('missing', 'That person is not known here.');
    await requireAble(ctx, person, delegate);
    await lockDelegations(ctx.db);
    await requireNoCircle(ctx, { person, delegate }, span);
    const before = await endDelegations(ctx.db, person.id, span.startsAt);
    const id = await insertDelegation(ctx.db, {
      personId: person.id,
      delegateId: delegate.id,
      startsAt: span.startsAt,
      endsAt: span.endsAt ?? null,
      createdBy: ctx.actor.personId,
      createdAt: ctx.now,
    });
    await audit(ctx, 'delegation.set', subjectOf.person(person.id), {
      before: { delegations: before },
      after: { delegation: id, delegate: delegate.id, ...span },
    });
    for (const ended of before) await notifyDelegation(ctx, ended);
    return describeNewDelegate(await notifyDelegation(ctx, id), ctx.actor.personId, ctx.now);
  });
}

/**
 * Ends the delegations of a person, planned ones included: their new tasks come to themselves again.
 * @returns that, as a sentence for the actor.
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
      throw new Refusal('missing', `Nobody acts for ${person}, so there is nothing to end.`);
    }
    await audit(ctx, 'delegation.end', subjectOf.person(input.personId), {
      before: { delegations: ended },
    });
    for (const id of ended) await notifyDelegation(ctx, id);
    return `The delegation has ended: new tasks come to ${person} again.`;
  });
}

/** The delegates of a person and the people they act for, as sentences for them. */
export interface OwnDelegations {
  mine: string[];
  others: string[];
}

/** The delegations that concern the actor, running or planned. */
export async function listDelegations(ctx: ActorCtx): Promise<OwnDelegations> {
  const me = ctx.actor.personId;
  const live = await listLiveDelegations(ctx.db, ctx.now, me);
  return {
    mine: live
      .filter((row) => row.personId === me)
      .map((row) => describeDelegate(row, me, ctx.now)),
    others: live
      .filter((row) => row.delegateId === me && row.isPersonHere)
      .map((row) => describeActingFor(row, ctx.now)),
  };
}

/** The notice about a delegation for a reader, and whether it is worth a message to them. */
export async function readDelegation(
  ctx: Ctx,
  id: number,
  readerId: number,
): Promise<{ notice: Notice; isNews: boolean } | undefined> {
  const row = await findDelegation(ctx.db, id);
  return (
    row && {
      notice: describeDelegation(row, readerId, ctx.now),
      // The person is notified that their tasks come back; a delegate who never heard of it is not.
      isNews: !hasEnded(row, ctx.now) || readerId === row.personId,
    }
  );
}

async function requireMayDelegate(ctx: ActorCtx, personId: number): Promise<void> {
  if (personId !== ctx.actor.personId) await requirePermission(ctx, 'delegateForAnyone');
}

function requireSpan(
  { now }: Ctx,
  { startsAt, endsAt }: { startsAt?: Date | undefined; endsAt?: Date | undefined },
): Span {
  const from = startsAt && toIsoDay(startsAt) !== toIsoDay(now) ? startsAt : now;
  if (from < now) {
    throw new Refusal('invalid', `${onDay(from)} is over; choose today or a later day to begin.`);
  }
  if (endsAt && endsAt <= now) {
    throw new Refusal('invalid', `${onDay(endsAt)} is over; choose today or a later day to end.`);
  }
  if (endsAt && endsAt <= from) {
    throw new Refusal(
      'invalid',
      `It would end on ${onDay(endsAt)}, before it begins on ${onDay(from)}; choose a later day to end.`,
    );
  }
  return { startsAt: from, endsAt };
}

async function requireAble(ctx: ActorCtx, person: Person, delegate: Person): Promise<void> {
  if (person.id === delegate.id) {
    const isOwn = person.id === ctx.actor.personId;
    const own = isOwn ? 'You cannot be your' : `${person.name} cannot be their`;
    throw new Refusal('invalid', `${own} own delegate; choose somebody else.`);
  }
  if (!person.active || person.closedAt) {
    throw new Refusal('invalid', `${person.name} is not active and gets no new tasks.`);
  }
  const against = await cannotActReason(ctx, delegate);
  if (against) {
    throw new Refusal('invalid', `${delegate.name} ${against} and cannot be a delegate.`);
  }
}

/** @throws Refusal when the tasks would come back to the person at any moment of the span. */
async function requireNoCircle(
  ctx: Ctx,
  { person, delegate }: { person: Person; delegate: Person },
  span: Span,
): Promise<void> {
  const live = await listLiveDelegations(ctx.db, ctx.now);
  const back = findCycle(live, { personId: person.id, delegateId: delegate.id }, span);
  if (!back) return;
  const way = [person.name, ...back.map((row) => row.person), person.name].join(' → ');
  throw new Refusal(
    'invalid',
    `${person.name}'s tasks would come back to ${person.name} (${way}); choose somebody else, or other days.`,
  );
}

/** Notifies the delegate, and the person when somebody else set the delegation. */
async function notifyDelegation(ctx: ActorCtx, id: number): Promise<DelegationRow> {
  const row = await findDelegation(ctx.db, id);
  if (!row) throw new Error(`delegation ${id} is not there`);
  const notifiesPerson = [ctx.actor.personId, row.setById].some((one) => one !== row.personId);
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
