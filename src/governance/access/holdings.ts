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
import type { ActorCtx } from '../context.ts';
import { permissionWords, rolesHave } from '../permissions.ts';
import {
  explainRuleGrant,
  loadRuleDescriptions,
  type RuleDescription,
} from '../role-rules/describe.ts';
import { dateWords, dayWords } from '../wording/relative-time.ts';
import { howItCame } from './grant-origin.ts';

/** One grant in a list. */
export interface Holding {
  personId: number;
  entitlementId: number;
  /** What the list is by: an application, or nothing. */
  group: string | undefined;
  title: string;
  isHighRisk: boolean;
  /** "Since 3 Mar 2026, found by the csv sync; until 30 Jun 2027; last used 1 Aug 2026" */
  about: string;
  /** Whether the reader may propose to revoke it, or which task proposes that already. */
  revocation: 'possible' | 'not theirs' | { taskId: number };
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

const onPage = 25;

/**
 * What a person holds, by application.
 * @param page from 0. @throws Refusal 'forbidden' for who may see none of it.
 */
export async function viewPersonAccess(
  ctx: ActorCtx,
  personId: number,
  page = 0,
): Promise<AccessView> {
  const person = await findPerson(ctx.db, personId);
  if (!person) throw new Refusal('missing', 'That person is not known here.');
  const owned = await listOwnedApplicationIds(ctx.db, ctx.actor.personId);
  const mayProposeAll = isManagerOf(ctx, person) || rolesHave(ctx.actor.roles, 'viewAnyAccess');
  const seesAll = mayProposeAll || person.id === ctx.actor.personId;
  if (!seesAll && owned.length === 0) {
    throw new Refusal('forbidden', permissionWords('viewAnyAccess'));
  }
  const at = { limit: onPage, offset: page * onPage };
  const { rows, total } = await listHoldings(ctx.db, personId, at, seesAll ? undefined : owned);
  if (rows.length === 0 && page > 0) return viewPersonAccess(ctx, personId);
  const rules = await loadRuleDescriptions(
    ctx,
    rows.map(({ grant }) => grant.ruleId),
  );
  const pairs = rows.map(({ entitlementId }) => ({ personId, entitlementId }));
  const openTask = await openRevocations(ctx, pairs);
  return {
    id: person.id,
    title: person.name,
    lines: [
      personLine(person),
      holdingsLine(total, seesAll ? '' : ' in the applications that you own'),
    ],
    holdings: rows.map((row) => ({
      personId,
      entitlementId: row.entitlementId,
      group: row.app,
      title: row.entitlement,
      isHighRisk: row.risk === 'high',
      about: aboutGrant(row, rules),
      revocation:
        openTask(personId, row.entitlementId) ??
        (mayProposeAll || owned.includes(row.applicationId) ? 'possible' : 'not theirs'),
    })),
    page,
    pages: Math.ceil(total / onPage),
  };
}

/**
 * Who holds an entitlement: how many, in which departments, and each with how it came.
 * @param page from 0. @throws Refusal 'forbidden' for who may not see it.
 */
export async function viewEntitlementAccess(
  ctx: ActorCtx,
  entitlementId: number,
  page = 0,
): Promise<AccessView> {
  const [entitlement] = await listEntitlementsById(ctx.db, [entitlementId]);
  if (!entitlement) throw new Refusal('missing', 'This entitlement is no longer here.');
  const owned = await listOwnedApplicationIds(ctx.db, ctx.actor.personId);
  const isOwner = owned.includes(entitlement.applicationId);
  if (!isOwner && !rolesHave(ctx.actor.roles, 'viewAnyAccess')) {
    throw new Refusal('forbidden', permissionWords('viewAnyAccess'));
  }
  const departments = await countHoldersByDepartment(ctx.db, entitlementId);
  const total = departments.reduce((sum, one) => sum + one.holders, 0);
  const at = { limit: onPage, offset: page * onPage };
  const rows = await listHolders(ctx.db, entitlementId, at);
  if (rows.length === 0 && page > 0) return viewEntitlementAccess(ctx, entitlementId);
  const rules = await loadRuleDescriptions(
    ctx,
    rows.map(({ grant }) => grant.ruleId),
  );
  const pairs = rows.map(({ personId }) => ({ personId, entitlementId }));
  const openTask = await openRevocations(ctx, pairs);
  return {
    id: entitlement.id,
    title: `${entitlement.app} · ${entitlement.name}`,
    lines: [entitlementLine(entitlement), holdersLine(total), departmentsLine(departments)].filter(
      Boolean,
    ),
    holdings: rows.map((row) => ({
      personId: row.personId,
      entitlementId,
      group: undefined,
      title: row.name,
      isHighRisk: false,
      about: `${personLine(row)}. ${aboutGrant(row, rules)}`,
      revocation: openTask(row.personId, entitlementId) ?? 'possible',
    })),
    page,
    pages: Math.ceil(total / onPage),
  };
}

function isManagerOf(ctx: ActorCtx, person: Person): boolean {
  return person.managerId === ctx.actor.personId;
}

/** Which of these grants somebody has proposed to revoke already. */
async function openRevocations(
  ctx: ActorCtx,
  pairs: readonly { personId: number; entitlementId: number }[],
) {
  const open = await listOpenTasks(
    ctx.db,
    'revoke',
    pairs.map((pair) => pair.personId),
    pairs.map((pair) => pair.entitlementId),
  );
  const byPair = new Map(open.map((task) => [`${task.personId}.${task.entitlementId}`, task.id]));
  return (personId: number, entitlementId: number) => {
    const taskId = byPair.get(`${personId}.${entitlementId}`);
    return taskId === undefined ? undefined : { taskId };
  };
}

type Row = Awaited<ReturnType<typeof listHolders>>[number];

function aboutGrant(
  { grant, profile }: Pick<Row, 'grant' | 'profile'>,
  rules: ReadonlyMap<number, RuleDescription>,
): string {
  const since = dateWords(grant.grantedAt ?? grant.firstSeenAt);
  const came = howItCame({ ...grant, profile: profile ?? undefined });
  const until = grant.expiresAt ? [`until ${dayWords(grant.expiresAt)}`] : [];
  const used = grant.lastUsedAt ? `last used ${dateWords(grant.lastUsedAt)}` : 'last use not known';
  const removed = grant.removalClaimedAt
    ? [`taken away ${dateWords(grant.removalClaimedAt)}, not yet confirmed by a sync`]
    : [];
  const rule = explainRuleGrant(grant, rules) ?? [];
  return [`Since ${since}, ${came}`, rule, ...until, used, ...removed].flat().join('; ');
}

type Described = Pick<Person, 'active' | 'closedAt' | 'jobTitle' | 'department'>;

function personLine(person: Described): string {
  const isHere = person.active && !person.closedAt;
  const about = [person.jobTitle, person.department].filter(Boolean).join(', ');
  return (
    [about, isHere ? '' : 'not active any more'].filter(Boolean).join(' · ') || 'No title known'
  );
}

function holdingsLine(total: number, where: string): string {
  if (total === 0) return `Holds nothing${where}.`;
  return `Holds ${total === 1 ? '1 entitlement' : `${total} entitlements`}${where}.`;
}

function entitlementLine({ description, risk, closedAt }: EntitlementRow): string {
  const gone = closedAt ? 'It does not exist any more' : '';
  return [description?.replace(/\.$/, ''), risk ? `${risk} risk` : 'risk not rated', gone]
    .filter(Boolean)
    .join(' · ');
}

function holdersLine(total: number): string {
  if (total === 0) return 'Nobody holds it.';
  return total === 1 ? '1 person holds it.' : `${total} people hold it.`;
}

/** "By department: Engineering 7, Sales 3, and 2 more departments" */
function departmentsLine(
  departments: Awaited<ReturnType<typeof countHoldersByDepartment>>,
): string {
  if (departments.length === 0) return '';
  const shown = departments
    .slice(0, 8)
    .map(({ department, holders }) => `${department ?? 'no department'} ${holders}`);
  const more = departments.length - shown.length;
  return `By department: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
