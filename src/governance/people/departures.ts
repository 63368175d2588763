import { Refusal } from '../../errors.ts';
import { log } from '../../log.ts';
import {
  decideDeparture,
  findDeparture,
  hasRights,
  insertDepartures,
  listReturned,
  markReturned,
  restoreRights,
} from '../../store/people/departures.ts';
import { endRightsOfLeavers } from '../../store/people/end-rights.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import { nameRights } from '../../store/people/right-names.ts';
import {
  insertRoleChange,
  listRoleHolders,
  listRoles,
  listSuperAdmins,
} from '../../store/people/roles.ts';
import type { EndedRights } from '../../store/schema/departures.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  type ActorCtx,
  audit,
  auditMany,
  type Ctx,
  inTransaction,
  notify,
  readerZone,
  requirePermission,
} from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { formatRoles } from '../permissions.ts';
import { formatDate } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';
import { setRoles } from './role-assignments.ts';

/**
 * Ends every right of people who have left (docs/governance.md#when-somebody-leaves), in the transaction of the sync
 * that closes them, and remembers it for `restoreDeparture`.
 */
export async function endLeaversRights(ctx: Ctx): Promise<void> {
  const ended = await endRightsOfLeavers(ctx.db, ctx.now);
  if (ended.size === 0) return;
  const list = [...ended].map(([personId, rights]) => ({ personId, ended: rights }));
  const ids = await insertDepartures(ctx.db, list, ctx.now);
  await auditMany(
    ctx,
    'person.leave',
    list.map(({ personId, ended }) => ({ subject: subjectOf.person(personId), before: ended })),
  );
  const withRoles = list.filter(({ ended }) => ended.roles.length > 0);
  for (const { personId, ended } of withRoles) {
    const change = { rolesBefore: ended.roles, rolesAfter: [], changedBy: null };
    await insertRoleChange(ctx.db, { ...change, personId, changedAt: ctx.now });
  }
  const lost = list.findIndex(({ ended }) => ended.roles.includes('super_admin'));
  const subjectId = ids[lost];
  if (subjectId === undefined || (await listSuperAdmins(ctx.db)).length > 0) return;
  log.error(
    'The last Super Admin has left. Set ADMIN_EMAIL and restart, or run "/rolemine setup" as an owner of the Slack workspace.',
  );
  await notifyAbout(ctx, await listOtherAdmins(ctx), [subjectId]);
}

async function listOtherAdmins(ctx: Ctx): Promise<number[]> {
  const roles = ['connector_admin', 'access_request_admin', 'access_request_helpdesk'] as const;
  return listRoleHolders(ctx.db, [...roles, 'campaign_admin']);
}

async function notifyAbout(
  ctx: Ctx,
  recipients: readonly number[],
  departureIds: readonly number[],
): Promise<void> {
  await notify(
    ctx,
    departureIds.flatMap((subjectId) =>
      recipients.map((recipientId) => ({
        recipientId,
        kind: 'departure' as const,
        subjectId,
        priority: 1 as const,
      })),
    ),
  );
}

/** Asks Super Admins whether people who are back get back what ended when they left. */
export async function announceReturns(ctx: Ctx, personIds: readonly number[]): Promise<void> {
  const returned = await markReturned(ctx.db, personIds, ctx.now);
  const admins = await listSuperAdmins(ctx.db);
  await notifyAbout(
    ctx,
    admins.map(({ id }) => id),
    returned.map(({ id }) => id),
  );
}

/** Somebody who is back, with the rights that ended when they left. */
export interface ReturnedPerson {
  departureId: number;
  name: string;
  /** Address, id, title and department, to tell people of one name apart. */
  about: string;
  leftAt: Date;
  /** "Super Admin", "owner of GitHub" */
  ended: string[];
}

/** People who are back and wait for a decision. */
export async function listReturnedPeople(ctx: ActorCtx): Promise<ReturnedPerson[]> {
  await requirePermission(ctx, 'manageUsers');
  const found = await listReturned(ctx.db);
  return Promise.all(
    found.map(async ({ departure, person }) => ({
      departureId: departure.id,
      name: person.name,
      about: describeLeaver(person),
      leftAt: departure.leftAt,
      ended: await describeRights(ctx, departure.ended),
    })),
  );
}

/** "jo.lee@acme.example, id 2, Engineer, IT" */
export function describeLeaver(person: Person): string {
  const { email, formerEmail, externalId, jobTitle, department } = person;
  const id = externalId === null ? undefined : `id ${externalId}`;
  return [email ?? formerEmail, id, jobTitle, department].filter(Boolean).join(', ');
}

/** Names roles, ownerships, seats and delegations. */
export async function describeRights(ctx: Ctx, ended: EndedRights): Promise<string[]> {
  const roles = ended.roles.length > 0 ? [formatRoles(ended.roles)] : [];
  return [...roles, ...(await nameRights(ctx.db, ended))];
}

/**
 * Gives a person who is back the rights that ended when they left, or leaves them ended.
 * @throws Refusal forbidden, missing, conflict (somebody has decided, or the person is not active), invalid (oneself).
 */
export async function decideReturn(
  ctx: ActorCtx,
  { departureId, restore }: { departureId: number; restore: boolean },
): Promise<{ name: string; rights: string[] }> {
  await requirePermission(ctx, 'manageUsers');
  return inTransaction(ctx, async (ctx) => {
    const found = await findDeparture(ctx.db, departureId);
    if (!found) throw new Refusal('missing', 'There is no record of this departure.');
    const { departure, person } = found;
    if (person.id === ctx.actor.personId) {
      throw new Refusal('forbidden', 'Another Super Admin has to decide about your own rights.');
    }
    if (!person.active || person.closedAt || !departure.returnedAt) {
      throw new Refusal('conflict', `${person.name} is not active, so nothing can be restored.`);
    }
    const isFirst = await decideDeparture(ctx.db, departureId, {
      decision: restore ? 'restored' : 'dismissed',
      decidedBy: ctx.actor.personId,
      decidedAt: ctx.now,
    });
    if (!isFirst) throw new Refusal('conflict', await nameDecider(ctx, departureId));
    if (restore) await giveBack(ctx, person.id, departure.ended);
    await audit(ctx, restore ? 'person.restore' : 'person.dismiss', subjectOf.person(person.id), {
      before: departure.ended,
    });
    return { name: person.name, rights: await describeRights(ctx, departure.ended) };
  });
}

/** Gives rights to an active person. The caller has checked that a Super Admin decided so. */
export async function giveBack(ctx: Ctx, personId: number, ended: EndedRights): Promise<void> {
  await restoreRights(ctx.db, personId, { ...ended, roles: [] });
  const before = await listRoles(ctx.db, personId);
  const after = [...new Set([...before, ...ended.roles])];
  if (after.length > before.length) await setRoles(ctx, personId, { before, after });
}

async function nameDecider(ctx: Ctx, departureId: number): Promise<string> {
  const departure = (await findDeparture(ctx.db, departureId))?.departure;
  const [decider] = await listPeopleById(ctx.db, [departure?.decidedBy ?? 0]);
  const verb = departure?.decision === 'restored' ? 'restored' : 'did not restore';
  return `${decider?.name ?? 'Somebody'} ${verb} these rights already.`;
}

/** Describes the message about somebody who is back, or about the last Super Admin who left. */
export async function describeDeparture(ctx: Ctx, id: number): Promise<Notice | undefined> {
  const found = await findDeparture(ctx.db, id);
  if (!found) return undefined;
  const { departure, person } = found;
  if (departure.returnedAt && hasRights(departure.ended)) {
    const title = `${person.name} is back`;
    const rights = (await describeRights(ctx, departure.ended)).join(', ');
    const day = formatDate(departure.leftAt, readerZone(ctx));
    const ended = `They left on ${day} and lost these rights: ${rights}.`;
    const lines = departure.decision
      ? [ended, await nameDecider(ctx, id)]
      : [ended, 'Type "/rolemine people" to restore them or not.'];
    return { title, lines, summary: joinSentences([title, ...lines]) };
  }
  const title = 'Rolemine has no Super Admin';
  const lines = [
    `${person.name} was the last one and has left.`,
    'Ask an operator to set ADMIN_EMAIL and restart Rolemine, or an owner of the Slack workspace to run "/rolemine setup".',
  ];
  return { title, lines, summary: joinSentences([title, ...lines]) };
}
