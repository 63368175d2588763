import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import { listPeopleById } from '../../store/people/people.ts';
import { loadPolicies } from '../../store/policies/policies.ts';
import type { Risk } from '../../store/schema/access.ts';
import type { Ctx } from '../context.ts';
import { loadIdentities } from '../people/display-name.ts';
import { choosePolicy, type KnownPolicies } from '../policies/choose-policy.ts';
import type { ControlChange } from './control-changes.ts';

/** The change of one field, as people read it. */
export interface ControlLine {
  /** "GitHub · Admin: risk high → low" */
  text: string;
  /** Whether it weakens control, so that a Super Admin has to confirm it. */
  isWeaker: boolean;
  /** The people who become owners or provisioners. */
  gainerIds: number[];
  /** The owners and provisioners before. */
  ownerIds: number[];
}

/**
 * Describes the changes of who and what controls access (docs/governance.md#imports-that-change-control). Texts that
 * only explain, such as descriptions, are left out.
 */
export async function describeControlChanges(
  ctx: Ctx,
  changes: readonly ControlChange[],
): Promise<ControlLine[]> {
  if (changes.length === 0) return [];
  const { nameOf, leavers } = await loadOwners(ctx, changes);
  const policyIds = changes.flatMap(({ entitlement }) =>
    entitlement ? [...policyIdsOf(entitlement.before), ...policyIdsOf(entitlement.after)] : [],
  );
  const policies = await loadPolicies(ctx.db, 'grant', policyIds);
  return changes.flatMap((change) => [
    ...describeOwners(change, nameOf, leavers),
    ...describeRules(change, policies),
  ]);
}

const policyIdsOf = ({ policyId, emergencyPolicyId }: EntitlementRow) =>
  [policyId, emergencyPolicyId].filter((id) => id !== null);

/** Names people with their addresses, since several may have one name, and finds those who have left. */
async function loadOwners(ctx: Ctx, changes: readonly ControlChange[]) {
  const ids = changes.flatMap(({ before, after }) =>
    [before, after].flatMap(({ owners = [], provisioners = [] }) => [...owners, ...provisioners]),
  );
  const known = await loadIdentities(ctx, ids);
  const nameOf = (list: readonly number[]) =>
    list.map((id) => known.get(id)?.identity ?? 'somebody').join(', ') || 'nobody';
  const people = await listPeopleById(ctx.db, ids);
  const gone = people.filter(({ active, closedAt }) => !active || closedAt !== null);
  return { nameOf, leavers: new Set(gone.map(({ id }) => id)) };
}

/**
 * Somebody who becomes an owner of high risk, or is left as the only one, could approve alone. Owners who leave do not
 * count: a leaver loses every right at once.
 */
function describeOwners(
  { label, before, after, isHighRisk, ownerIds }: ControlChange,
  nameOf: (ids: readonly number[]) => string,
  leavers: ReadonlySet<number>,
): ControlLine[] {
  return (['owners', 'provisioners'] as const).flatMap((field) => {
    const [old, now] = [before[field], after[field]];
    if (!old || !now) return [];
    const gainerIds = now.filter((id) => !old.includes(id));
    const staying = old.filter((id) => !leavers.has(id));
    const isLeftAlone = now.length === 1 && staying.length > 1;
    const isWeaker = isHighRisk && (gainerIds.length > 0 || isLeftAlone);
    const text = `${label}: ${field} ${nameOf(old)} → ${nameOf(now)}`;
    return [{ text, isWeaker, gainerIds, ownerIds }];
  });
}

const ranks = { low: 1, medium: 2, high: 3 } as const satisfies Record<Risk, number>;
const rankOf = (risk: Risk | null) => (risk ? ranks[risk] : 0);

function describeRules(
  { label, isHighRisk, ownerIds, entitlement }: ControlChange,
  policies: KnownPolicies,
): ControlLine[] {
  if (!entitlement) return [];
  const { before, after } = entitlement;
  const approvals = toPair(entitlement, (row) => countApprovals(policies, row, false));
  const inEmergency = toPair(entitlement, (row) =>
    row.emergencyAllowed ? countApprovals(policies, row, true) : undefined,
  );
  const isLower = rankOf(after.risk) < rankOf(before.risk);
  const isOpened = after.requestable && !before.requestable;
  const allowsEmergency = after.emergencyAllowed && !before.emergencyAllowed;
  const changes: [what: string, values: readonly [unknown, unknown], isWeaker: boolean][] = [
    ['risk', toPair(entitlement, ({ risk }) => risk ?? 'not rated'), isLower],
    ['approvals', approvals, approvals[1] < approvals[0]],
    [
      'requestable',
      toPair(entitlement, ({ requestable }) => yesOrNo(requestable)),
      isOpened && isHighRisk && approvals[1] === 0,
    ],
    [
      'emergencies allowed',
      toPair(entitlement, ({ emergencyAllowed }) => yesOrNo(emergencyAllowed)),
      allowsEmergency && isHighRisk,
    ],
  ];
  const [usual, now] = inEmergency;
  // Where emergencies are not allowed, their policy has no effect.
  if (usual !== undefined && now !== undefined) {
    changes.push(['approvals of emergencies', [usual, now], now < usual]);
  }
  return changes
    .filter(([, [old, now]]) => old !== now)
    .map(([what, [old, now], isWeaker]) => ({
      text: `${label}: ${what} ${old} → ${now}`,
      isWeaker,
      gainerIds: [],
      ownerIds,
    }));
}

function toPair<T>(
  { before, after }: { before: EntitlementRow; after: EntitlementRow },
  read: (row: EntitlementRow) => T,
): readonly [T, T] {
  return [read(before), read(after)];
}

const yesOrNo = (is: boolean) => (is ? 'yes' : 'no');

/**
 * Counts the approval steps of a request that a person makes for themselves. Risk and category count as well, because
 * policy rules look at them.
 */
function countApprovals(
  policies: KnownPolicies,
  entitlement: EntitlementRow,
  emergency = false,
): number {
  const request = { kind: 'grant', person: { managerId: null }, requesterId: null } as const;
  const { steps } = choosePolicy(policies, { ...request, entitlement, emergency });
  return steps.filter(({ kind }) => kind === 'approval').length;
}
