import {
  adoptGrants,
  countAdoptable,
} from '../../../src/governance/role-rules/adopt-manual-grants.ts';
import { decideHeldRemoval } from '../../../src/governance/role-rules/held-removals.ts';
import type { Guarded } from './guards.ts';

const nobody = 999_999;

/** The verbs about what single role rules do. */
export const roleRuleGuarded: Guarded = {
  'role-rules/adopt-manual-grants adoptGrants': [
    'mineRoles',
    (c) => adoptGrants(c, { rulePolicyId: nobody }),
  ],
  'role-rules/adopt-manual-grants countAdoptable': ['mineRoles', (c) => countAdoptable(c, nobody)],
  'role-rules/held-removals decideHeldRemoval': [
    'mineRoles',
    (c) => decideHeldRemoval(c, { ruleId: nobody, shown: 1, decision: 'keep' }),
  ],
};
