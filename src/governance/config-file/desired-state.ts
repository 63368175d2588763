import type { Risk } from '../../store/schema/access.ts';
import type { MiningSettings } from '../../store/schema/mining.ts';
import type { RoleName } from '../../store/schema/people.ts';
import type { MiningRuleEdit } from '../mining-rules/validation.ts';
import type { RoleRuleConfig, RulePolicyConfig } from './current-rules.ts';
import type {
  ApplicationConfig,
  DefaultPolicies,
  EntitlementConfig,
  PolicyConfig,
  RuleConfig,
} from './current-state.ts';
import type { Path } from './path.ts';

/** The state that a file asks for, with the stored spelling of every name. Undefined parts do not change. */
export interface DesiredConfig {
  applications: Map<string, Partial<ApplicationConfig> & { name: string }>;
  entitlements: Map<string, Partial<EntitlementConfig> & { application: string; name: string }>;
  policies: Map<string, PolicyConfig> | undefined;
  rules: RuleConfig[] | undefined;
  defaults: DefaultPolicies;
  roles: Map<string, RoleName[]>;
  mining: MiningSettings;
  /** By folded name. */
  rulePolicies: Map<string, { name: string; graceDays: RulePolicyConfig['graceDays'] | undefined }>;
  miningRules: MiningRuleEdit[] | undefined;
  /** By roleRuleKey. */
  roleRules: Map<string, DesiredRoleRule> | undefined;
}

/** A single role rule of a file, with its place there. */
export interface DesiredRoleRule extends RoleRuleConfig {
  path: Path;
  /** Of a new rule: the people it matches. Computed only when nothing else is wrong. */
  reach?: { matching: number; gaining: number };
  risk: Risk | null;
}
