import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import type { Person } from '../../store/people/people.ts';
import type { Policy, PolicyRule } from '../../store/policies/policies.ts';
import type { PolicyCondition, TaskKind } from '../../store/schema/tasks.ts';

/** The policies that may apply, and the rules that choose among them. */
export interface KnownPolicies {
  byId: ReadonlyMap<number, Policy>;
  byDefault: Policy;
  noApproval: Policy;
  /** One approval by anybody who is awake; undefined for kinds without emergencies. */
  emergency?: Policy | undefined;
  rules: readonly PolicyRule[];
}

/** The properties of a new task that decide about its policy. */
export interface PolicyCase {
  kind: TaskKind;
  person: Pick<Person, 'managerId'> & { id?: number };
  /** The managers above the person lead back to the person, so that they say nothing. */
  isInCircle?: boolean;
  entitlement: EntitlementRow;
  requesterId: number | null;
  emergency: boolean;
}

/** A policy, and what chose it: the entitlement or its application (`own`), the rule at a place, or a default. */
export type PolicyChoice = { policy: Policy } & (
  | { by: 'own' | 'default' | 'emergency' }
  | { by: 'rule'; place: number }
);

/** Chooses the policy of a new task. */
export function choosePolicy(known: KnownPolicies, about: PolicyCase): Policy {
  return explainChoice(known, about).policy;
}

/**
 * Chooses the policy of a new task and says what chose it. The policy of the entitlement comes first, then that of
 * its application, then that of the first rule that matches, then the default. An emergency for which none of the
 * first three has a policy needs no approval, or at high risk that of one person.
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
  const at = known.rules.findIndex(({ condition }) => isMatch(condition, about));
  const rule = known.rules[at];
  const chosenByRule = rule && known.byId.get(rule.policyId);
  if (chosenByRule) return { policy: chosenByRule, by: 'rule', place: at + 1 };
  if (emergency) {
    const needsApproval = entitlement.risk === 'high';
    const policy = (needsApproval ? known.emergency : undefined) ?? known.noApproval;
    return { policy, by: 'emergency' };
  }
  return { policy: known.byDefault, by: 'default' };
}

/** Whether a rule matches a task. A rule without a condition about emergencies matches none. */
function isMatch(condition: PolicyCondition, about: PolicyCase): boolean {
  const { entitlement, person, requesterId } = about;
  const isManager =
    requesterId !== null &&
    requesterId === person.managerId &&
    requesterId !== person.id &&
    !about.isInCircle;
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
