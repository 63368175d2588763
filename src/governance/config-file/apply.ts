import { mustGet } from '../../collections.ts';
import {
  type ConfigState,
  lockConfig,
  readConfigState,
  removePolicies,
  replaceConfiguredRules,
  saveConfiguredMining,
} from '../../store/config.ts';
import type { PolicyCondition } from '../../store/schema/tasks.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, auditMany, type Ctx, inTransaction } from '../context.ts';
import { setRoles } from '../people/role-assignments.ts';
import { explainNothingToMine, queueAnalysis } from '../role-mining/runs.ts';
import { type ReconciledRules, reconcileRoleRules } from '../role-rules/reconcile.ts';
import { checkConfig } from './check.ts';
import { checkRuleReach } from './check-reach.ts';
import {
  configKey,
  describeConfig,
  policyKey,
  type RuleConfig,
  taskKinds,
} from './current-state.ts';
import { type ConfigPlan, planConfig } from './plan.ts';
import { formatPolicyRule } from './plan-policies.ts';
import { type ConfigProblem, readConfigFile } from './read.ts';
import { type SavedIds, saveAccess, saveDefaults, savedIds, savePolicies } from './save.ts';
import { saveRules } from './save-rules.ts';

/** The problems of a configuration file, in the order of its lines, or the changes it would make. */
export type PlannedConfig =
  | { problems: ConfigProblem[] }
  | {
      problems: [];
      lines: string[];
      /** Values that are applied as written but are likely mistakes. */
      warnings: ConfigProblem[];
      /** The immediate effects of the single role rules, if the file changed them. */
      followed?: ReconciledRules | undefined;
    };

/** Plans the changes of a configuration file. Nothing is written. */
export async function planConfigFile(ctx: Ctx, text: string): Promise<PlannedConfig> {
  const { problems, warnings, plan } = await compare(ctx, text);
  return plan ? { problems: [], warnings, lines: plan.lines } : { problems };
}

/**
 * Applies a configuration file in one transaction. A file with any problem changes nothing. Each change gets an audit
 * row, and people whose roles change are notified.
 */
export async function applyConfigFile(ctx: Ctx, text: string): Promise<PlannedConfig> {
  return inTransaction(ctx, async (ctx) => {
    await lockSyncs(ctx.db);
    await lockConfig(ctx.db);
    const { problems, warnings, plan, state } = await compare(ctx, text);
    if (!plan) return { problems };
    const followed = plan.lines.length > 0 ? await savePlan(ctx, state, plan) : undefined;
    return { problems: [], warnings, lines: plan.lines, followed };
  });
}

async function compare(ctx: Ctx, text: string) {
  const file = readConfigFile(text);
  const state = await readConfigState(ctx.db);
  const now = describeConfig(state);
  const checked = file.config && checkConfig(file, file.config, state, now);
  const all = [...file.problems, ...(checked?.problems ?? [])];
  if (checked && all.length === 0) {
    const reach = await checkRuleReach(ctx, state, now, checked.desired, file.problemAt);
    all.push(...reach.problems);
    checked.warnings.push(...reach.warnings);
  }
  if (!checked || all.length > 0) {
    const problems = all.sort((a, b) => a.line - b.line || a.column - b.column);
    return { problems, warnings: [], state };
  }
  const { desired, warnings } = checked;
  return { problems: [], warnings, plan: planConfig(now, desired), state };
}

async function savePlan(
  ctx: Ctx,
  state: ConfigState,
  plan: ConfigPlan,
): Promise<ReconciledRules | undefined> {
  const ids = savedIds(state);
  await savePolicies(ctx, plan, ids);
  await saveDefaults(ctx, plan, ids);
  await saveAccess(ctx, plan, ids);
  if (plan.rules) await savePolicyRules(ctx, state, plan.rules, ids);
  await removeOmittedPolicies(ctx, state, plan, ids);
  await saveRules(ctx, plan.roleRules, ids);
  for (const { person, before, after } of plan.roles) {
    await setRoles(ctx, mustGet(ids.people, person), { before, after });
  }
  if (plan.mining) {
    await saveConfiguredMining(ctx.db, plan.mining, ctx.now);
    await audit(ctx, 'mining.settings', subjectOf.miningSettings(), {
      before: state.mining,
      after: plan.mining,
    });
  }
  const changesMining =
    plan.mining || plan.entitlements.some((one) => one.fields.includes('mined'));
  if (changesMining && !(await explainNothingToMine(ctx))) await queueAnalysis(ctx, 'schedule');
  return plan.roleRules.roleRules.length > 0 ? reconcileRoleRules(ctx) : undefined;
}

async function savePolicyRules(
  ctx: Ctx,
  state: ConfigState,
  rules: NonNullable<ConfigPlan['rules']>,
  ids: SavedIds,
): Promise<void> {
  const stored = rules.map(({ kind, condition: { application, ...condition }, policy }) => {
    const app =
      application === undefined ? undefined : mustGet(ids.applications, configKey(application));
    return {
      kind: taskKinds[kind],
      policyId: mustGet(ids.policies, policyKey(kind, policy)),
      // The type allows no undefined values. The column is JSON, which drops them.
      condition: { ...condition, applicationId: app } as PolicyCondition,
    };
  });
  await replaceConfiguredRules(ctx.db, stored);
  const before = describeConfig(state).rules;
  for (const kind of ['request', 'revocation'] as const) {
    const describe = (list: readonly RuleConfig[]) =>
      list.filter((rule) => rule.kind === kind).map(formatPolicyRule);
    if (describe(before).join('\n') === describe(rules).join('\n')) continue;
    await audit(ctx, 'rules.change', subjectOf.policyRules(taskKinds[kind]), {
      before: { rules: describe(before) },
      after: { rules: describe(rules) },
    });
  }
}

async function removeOmittedPolicies(
  ctx: Ctx,
  state: ConfigState,
  { removedPolicies }: ConfigPlan,
  ids: SavedIds,
): Promise<void> {
  const removed = removedPolicies.map((key) => mustGet(ids.policies, key));
  await removePolicies(ctx.db, removed);
  const policies = state.policies.filter(({ id }) => removed.includes(id));
  await auditMany(
    ctx,
    'policy.delete',
    policies.map(({ id, name }) => ({
      subject: subjectOf.policy(id),
      before: { name, steps: state.steps.filter(({ policyId }) => policyId === id) },
    })),
  );
}
