import { adoptGrants, countAdoptable } from '../../src/governance/rule-adopting.ts';
import { decideHeldGrants } from '../../src/governance/rule-held.ts';
import type { Guarded } from './guards.ts';

const nobody = 999_999;

/** The verbs about what single role rules do. */
export const roleRuleGuarded: Guarded = {
  'rule-adopting adoptGrants': ['mineRoles', (c) => adoptGrants(c, { rulePolicyId: nobody })],
  'rule-adopting countAdoptable': ['mineRoles', (c) => countAdoptable(c, nobody)],
  'rule-held decideHeldGrants': [
    'mineRoles',
    (c) => decideHeldGrants(c, { ruleId: nobody, shown: 1, decision: 'keep' }),
  ],
};
