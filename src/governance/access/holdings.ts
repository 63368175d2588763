import { Refusal } from '../../errors.ts';
import {
  countHoldersByDepartment,
  listHolders,
  listHoldings,
  listOwnedApplicationIds,
} from '../../store/access/holdings.ts';
import { type EntitlementRow, listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { listOpenTasks } from '../../store/tasks/task-lists.ts';
import { type ActorCtx, readerZone } from '../context.ts';
import { explainPermission, hasPermission } from '../permissions.ts';
import {
  explainRuleGrant,
  loadRuleDescriptions,
  type RuleDescription,
} from '../role-rules/describe.ts';
import { formatDate, formatEnd } from '../wording/relative-time.ts';
import { describeOrigin } from './grant-origin.ts';

/** One grant in a list. */
export interface Holding {
  personId: number;
  entitlementId: number;
  /** The heading above the grant: its application, or none. */
  group: string | undefined;
  title: string;
  isHighRisk: boolean;
  /** "Since 3 Mar 2026, found by the csv sync; until 30 Jun 2027; last used 1 Aug 2026" */
  details: string;
  /** Whether the reader may propose a revocation, or the task that already proposes it. */
  revocation: 'possible' | 'forbidden' | { taskId: number };
}

/** A page of access. */
export interface AccessView {
  id: number;
  title: string;
  lines: string[];
  holdings: Holding[];
  page: number;
  pages: number;
}

const grantsPerPage = 25;

/**
 * Lists the access of a person by application.
 * @param page from 0. @throws Refusal 'forbidden' for readers who may see none of it.
 */
export async function viewPersonAccess(
  ctx: ActorCtx,
  personId: number,
  page = 0,
): Promise<AccessView> {
  const person = await findPerson(ctx.db, personId);
  if (!person) throw new Refusal('missing', 'Rolemine does not know this person.');
  const ownedIds = await listOwnedApplicationIds(ctx.db, ctx.actor.personId);
  const mayProposeAll = isManagerOf(ctx, person) || hasPermission(ctx.actor.roles, 'viewAnyAccess');
  const seesAll = mayProposeAll || person.id === ctx.actor.personId;
  if (!seesAll && ownedIds.length === 0) {
    throw new Refusal('forbidden', explainPermission('viewAnyAccess'));
  }
  const range = { limit: grantsPerPage, offset: page * grantsPerPage };
  const { rows, total } = await listHoldings(ctx.db, {
    personId,
    page: range,
    applicationIds: seesAll ? undefined : ownedIds,
  });
  if (rows.length === 0 && page > 0) return viewPersonAccess(ctx, personId);
  const rules = await loadRuleDescriptions(
    ctx,
    rows.map(({ grant }) => grant.ruleId),
  );
  const pairs = rows.map(({ entitlementId }) => ({ personId, entitlementId }));
  const findRevocation = await loadRevocationLookup(ctx, pairs);
  return {
    id: person.id,
    title: person.name,
    lines: [
      describePerson(person),
      describeHoldings(total, seesAll ? '' : ' in the applications that you own'),
    ],
    holdings: rows.map((row) => ({
      personId,
      entitlementId: row.entitlementId,
      group: row.app,
      title: row.entitlement,
      isHighRisk: row.risk === 'high',
      details: describeGrant(row, { rules, zone: readerZone(ctx) }),
      revocation:
        findRevocation(personId, row.entitlementId) ??
        (mayProposeAll || ownedIds.includes(row.applicationId) ? 'possible' : 'forbidden'),
    })),
    page,
    pages: Math.ceil(total / grantsPerPage),
  };
}

/**
 * Lists the holders of an entitlement, with their number by department and the origin of each
 * grant.
 * @param page from 0. @throws Refusal 'forbidden' for readers who may not see it.
 */
export async function viewEntitlementAccess(
  ctx: ActorCtx,
  entitlementId: number,
  page = 0,
): Promise<AccessView> {
  const [entitlement] = await listEntitlementsById(ctx.db, [entitlementId]);
  if (!entitlement) throw new Refusal('missing', 'This entitlement no longer exists.');
  const ownedIds = await listOwnedApplicationIds(ctx.db, ctx.actor.personId);
  const isOwner = ownedIds.includes(entitlement.applicationId);
  if (!isOwner && !hasPermission(ctx.actor.roles, 'viewAnyAccess')) {
    throw new Refusal('forbidden', explainPermission('viewAnyAccess'));
  }
  const departments = await countHoldersByDepartment(ctx.db, entitlementId);
  const total = departments.reduce((sum, one) => sum + one.holders, 0);
  const range = { limit: grantsPerPage, offset: page * grantsPerPage };
  const rows = await listHolders(ctx.db, entitlementId, range);
  if (rows.length === 0 && page > 0) return viewEntitlementAccess(ctx, entitlementId);
  const rules = await loadRuleDescriptions(
    ctx,
    rows.map(({ grant }) => grant.ruleId),
  );
  const pairs = rows.map(({ personId }) => ({ personId, entitlementId }));
  const findRevocation = await loadRevocationLookup(ctx, pairs);
  return {
    id: entitlement.id,
    title: `${entitlement.app} · ${entitlement.name}`,
    lines: [
      describeEntitlement(entitlement),
      describeHolders(total),
      describeDepartments(departments),
    ].filter(Boolean),
    holdings: rows.map((row) => ({
      personId: row.personId,
      entitlementId,
      group: undefined,
      title: row.name,
      isHighRisk: false,
      details: `${describePerson(row)}. ${describeGrant(row, { rules, zone: readerZone(ctx) })}`,
      revocation: findRevocation(row.personId, entitlementId) ?? 'possible',
    })),
    page,
    pages: Math.ceil(total / grantsPerPage),
  };
}

function isManagerOf(ctx: ActorCtx, person: Person): boolean {
  return person.managerId === ctx.actor.personId;
}

/** Loads a lookup of the open revocations of these grants. */
async function loadRevocationLookup(
  ctx: ActorCtx,
  pairs: readonly { personId: number; entitlementId: number }[],
) {
  const open = await listOpenTasks(ctx.db, {
    kind: 'revoke',
    personIds: pairs.map((pair) => pair.personId),
    entitlementIds: pairs.map((pair) => pair.entitlementId),
  });
  const byPair = new Map(open.map((task) => [`${task.personId}.${task.entitlementId}`, task.id]));
  return (personId: number, entitlementId: number) => {
    const taskId = byPair.get(`${personId}.${entitlementId}`);
    return taskId === undefined ? undefined : { taskId };
  };
}

type Row = Awaited<ReturnType<typeof listHolders>>[number];

function describeGrant(
  { grant, profile }: Pick<Row, 'grant' | 'profile'>,
  { rules, zone }: { rules: ReadonlyMap<number, RuleDescription>; zone: string },
): string {
  const since = formatDate(grant.grantedAt ?? grant.firstSeenAt, zone);
  const origin = describeOrigin({ ...grant, profile: profile ?? undefined });
  const until = grant.expiresAt ? [`until ${formatEnd(grant.expiresAt, zone)}`] : [];
  const lastUse = grant.lastUsedAt
    ? `last used ${formatDate(grant.lastUsedAt, zone)}`
    : 'last use unknown';
  const removal = grant.deprovisionedAt
    ? [`removed ${formatDate(grant.deprovisionedAt, zone)}, not yet confirmed by a sync`]
    : [];
  const rule = explainRuleGrant(grant, rules, zone) ?? [];
  return [`Since ${since}, ${origin}`, rule, ...until, lastUse, ...removal].flat().join('; ');
}

type DescribablePerson = Pick<Person, 'active' | 'closedAt' | 'jobTitle' | 'department'>;

function describePerson(person: DescribablePerson): string {
  const isActive = person.active && !person.closedAt;
  const position = [person.jobTitle, person.department].filter(Boolean).join(', ');
  return [position, isActive ? '' : 'no longer active'].filter(Boolean).join(' · ') || 'No title';
}

function describeHoldings(total: number, scope: string): string {
  if (total === 0) return `Has no access${scope}.`;
  return `Has ${total === 1 ? '1 entitlement' : `${total} entitlements`}${scope}.`;
}

function describeEntitlement({ description, risk, closedAt }: EntitlementRow): string {
  const closed = closedAt ? 'It no longer exists' : '';
  return [description?.replace(/\.$/, ''), risk ? `${risk} risk` : 'risk not rated', closed]
    .filter(Boolean)
    .join(' · ');
}

function describeHolders(total: number): string {
  if (total === 0) return 'Nobody has it.';
  return total === 1 ? '1 person has it.' : `${total} people have it.`;
}

/** "By department: Engineering 7, Sales 3, and 2 more departments" */
function describeDepartments(
  departments: Awaited<ReturnType<typeof countHoldersByDepartment>>,
): string {
  if (departments.length === 0) return '';
  const shown = departments
    .slice(0, 8)
    .map(({ department, holders }) => `${department ?? 'no department'} ${holders}`);
  const more = departments.length - shown.length;
  return `By department: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
