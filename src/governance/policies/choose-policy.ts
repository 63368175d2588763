import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import type { Person } from '../../store/people/people.ts';
import type { Policy, PolicyRule } from '../../store/policies/policies.ts';
import type { PolicyCondition, TaskKind } from '../../store/schema/tasks.ts';

/** The policies that may apply, and the rules that choose among them. */
export interface KnownPolicies {
  byId: ReadonlyMap<number, Policy>;
  byDefault: Policy;
  noApproval: Policy;
  rules: readonly PolicyRule[];
}

/** What a new task is about, as far as a policy depends on it. */
export interface PolicyCase {
  kind: TaskKind;
  person: Pick<Person, 'managerId'>;
  entitlement: EntitlementRow;
  requesterId: number | null;
  emergency: boolean;
}

/** What made a policy the one of a task: the entitlement or its application, a rule (by its place), or nothing. */
export type PolicyChoice = { policy: Policy } & (
  | { by: 'own' | 'default' | 'emergency' }
  | { by: 'rule'; place: number }
);

export function choosePolicy(known: KnownPolicies, about: PolicyCase): Policy {
  return explainChoice(known, about).policy;
}

/**
 * The policy of a new task. What the entitlement says goes first, then its application, then the first rule that
 * fits, then the default: the nearest word counts. An emergency about which nobody says anything needs no approval.
 */
export function explainChoice(known: KnownPolicies, about: PolicyCase): PolicyChoice {
  const { kind, entitlement, emergency } = about;
  const own =
    kind === 'revoke'
      ? entitlement.revokePolicyId
      : emergency
        ? entitlement.emergencyPolicyId
        : entitlement.policyId;
  const policy = own === null ? undefined : known.byId.get(own);
  if (policy) return { policy, by: 'own' };
  const at = known.rules.findIndex(({ condition }) => fits(condition, about));
  const rule = known.rules[at];
  const ruled = rule && known.byId.get(rule.policyId);
  if (ruled) return { policy: ruled, by: 'rule', place: at + 1 };
  if (emergency) return { policy: known.noApproval, by: 'emergency' };
  return { policy: known.byDefault, by: 'default' };
}

/** A rule that does not speak of emergencies is not about them. */
function fits(condition: PolicyCondition, about: PolicyCase): boolean {
  const { entitlement, person, requesterId } = about;
  const isManager = requesterId !== null && requesterId === person.managerId;
  const is = <T>(expected: T | undefined, actual: T) =>
    expected === undefined || expected === actual;
  return (
    (condition.emergency ?? false) === about.emergency &&
    is(condition.risk, entitlement.risk ?? undefined) &&
    is(condition.applicationId, entitlement.applicationId) &&
    is(condition.category?.toLowerCase(), entitlement.category?.toLowerCase()) &&
    is(condition.requesterIsManager, isManager)
  );
}
