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
import { sayRule } from './plan-policies.ts';
import { type ConfigProblem, readConfigFile } from './read.ts';
import { type SavedIds, saveAccess, saveDefaults, savedIds, savePolicies } from './save.ts';
import { saveRules } from './save-rules.ts';

/** The problems of a configuration file, in the order of its lines, or what it would change. */
export type PlannedConfig =
  | { problems: ConfigProblem[] }
  | {
      problems: [];
      lines: string[];
      /** What is kept as it is written, and likely meant otherwise. */
      warnings: ConfigProblem[];
      /** What the single role rules did at once, where the file changed them. */
      followed?: ReconciledRules | undefined;
    };

/** What applying a configuration file would do. Nothing is written. */
export async function planConfigFile(ctx: Ctx, text: string): Promise<PlannedConfig> {
  const { problems, warnings, plan } = await compare(ctx, text);
  return plan ? { problems: [], warnings, lines: plan.lines } : { problems };
}

/**
 * Makes things as a configuration file says, in one transaction, or changes nothing when anything is wrong with it.
 * The evidence says what changed; whose roles change is told.
 */
export async function applyConfigFile(ctx: Ctx, text: string): Promise<PlannedConfig> {
  return inTransaction(ctx, async (ctx) => {
    await lockSyncs(ctx.db);
    await lockConfig(ctx.db);
    const { problems, warnings, plan, state } = await compare(ctx, text);
    if (!plan) return { problems };
    const followed = plan.lines.length > 0 ? await carryOut(ctx, state, plan) : undefined;
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
    const reached = await checkRuleReach(ctx, state, now, checked.wanted, file.problemAt);
    all.push(...reached.problems);
    checked.warnings.push(...reached.warnings);
  }
  if (!checked || all.length > 0) {
    const problems = all.sort((a, b) => a.line - b.line || a.column - b.column);
    return { problems, warnings: [], state };
  }
  const { wanted, warnings } = checked;
  return { problems: [], warnings, plan: planConfig(now, wanted), state };
}

async function carryOut(
  ctx: Ctx,
  state: ConfigState,
  plan: ConfigPlan,
): Promise<ReconciledRules | undefined> {
  const ids = savedIds(state);
  await savePolicies(ctx, plan, ids);
  await saveDefaults(ctx, plan, ids);
  await saveAccess(ctx, plan, ids);
  if (plan.rules) await savePolicyRules(ctx, state, plan.rules, ids);
  await removeLeftOut(ctx, state, plan, ids);
  await saveRules(ctx, plan.roleRules, ids);
  for (const { person, before, after } of plan.roles) {
    await setRoles(ctx, ids.people.get(person) ?? 0, { before, after });
  }
  if (plan.mining) {
    await saveConfiguredMining(ctx.db, plan.mining, ctx.now);
    await audit(ctx, 'mining.settings', subjectOf.miningSettings(), {
      before: state.mining,
      after: plan.mining,
    });
  }
  const isMinedAnew = plan.mining || plan.entitlements.some((one) => one.fields.includes('mined'));
  if (isMinedAnew && !(await explainNothingToMine(ctx))) await queueAnalysis(ctx, 'schedule');
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
      application === undefined ? undefined : ids.applications.get(configKey(application));
    return {
      kind: taskKinds[kind],
      policyId: ids.policies.get(policyKey(kind, policy)) ?? 0,
      // What is undefined is not kept: this becomes JSON.
      condition: { ...condition, applicationId: app } as PolicyCondition,
    };
  });
  await replaceConfiguredRules(ctx.db, stored);
  const before = describeConfig(state).rules;
  for (const kind of ['request', 'revocation'] as const) {
    const told = (list: readonly RuleConfig[]) =>
      list.filter((rule) => rule.kind === kind).map(sayRule);
    if (told(before).join('\n') === told(rules).join('\n')) continue;
    await audit(ctx, 'rules.change', subjectOf.policyRules(taskKinds[kind]), {
      before: { rules: told(before) },
      after: { rules: told(rules) },
    });
  }
}

async function removeLeftOut(
  ctx: Ctx,
  state: ConfigState,
  { removedPolicies }: ConfigPlan,
  ids: SavedIds,
): Promise<void> {
  const removed = removedPolicies.map((key) => ids.policies.get(key) ?? 0);
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
