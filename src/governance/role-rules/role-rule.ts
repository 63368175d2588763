import type { Criteria, RuleType } from '../../store/schema/rules.ts';

/**
 * For the same priority, required rules take precedence over requested ones, and those over
 * suggested ones.
 */
const typeOrder: readonly RuleType[] = ['required', 'requestedAutomatically', 'suggested'];

/** Orders by priority, then by type, then by age. Drafts come last. */
export function comparePrecedence(a: RoleRule, b: RoleRule): number {
  return (
    a.priority - b.priority ||
    typeOrder.indexOf(a.ruleType) - typeOrder.indexOf(b.ruleType) ||
    (a.id ?? Infinity) - (b.id ?? Infinity) ||
    0
  );
}
/** A single role rule in force, or a draft of one. */
export interface RoleRule {
  /** Undefined for a draft. */
  id?: number | undefined;
  rulePolicyId: number;
  entitlementId: number;
  criteria: Criteria;
  ruleType: RuleType;
  priority: number;
  appliedAt: Date;
  /** A generated rule replaces the generated rules before it. */
  origin?: 'generated' | 'written' | undefined;
}
