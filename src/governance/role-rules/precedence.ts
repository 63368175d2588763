import type { RuleType } from '../../store/schema/rules.ts';
import type { RoleRule } from './plan.ts';

/**
 * For the same priority, required rules take precedence over requested ones, and those over
 * suggested ones.
 */
export const typeOrder: readonly RuleType[] = ['required', 'requestedAutomatically', 'suggested'];

/** Orders by priority, then by type, then by age. Drafts come last. */
export function comparePrecedence(a: RoleRule, b: RoleRule): number {
  return (
    a.priority - b.priority ||
    typeOrder.indexOf(a.ruleType) - typeOrder.indexOf(b.ruleType) ||
    (a.id ?? Infinity) - (b.id ?? Infinity) ||
    0
  );
}
