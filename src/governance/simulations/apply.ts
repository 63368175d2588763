import { groupBy } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { lockRulePolicy } from '../../store/rules/rule-policies.ts';
import {
  changeSimulationState,
  confirmGeneratedRules,
  endGeneratedRules,
  insertGeneratedRules,
  listSimulatedRules,
  lockSimulation,
  type SimulatedRule,
  type Simulation,
} from '../../store/rules/simulations.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  type ActorCtx,
  audit,
  auditMany,
  type Ctx,
  inTransaction,
  requirePermission,
} from '../context.ts';
import { requiresConfirmation } from '../mass-removal.ts';
import { type ReconciledRules, reconcileRoleRules } from '../role-rules/reconcile.ts';
import { type Effects, listRuleIds, readEffects } from './effects.ts';
import { describeSimulationState, readSimulation, redrawSimulation } from './simulations.ts';
import { explainStaleness } from './staleness.ts';

/** The result when the rules of the simulation are in force. */
export interface AppliedSimulation {
  kind: 'applied';
  policy: string;
  added: number;
  removed: number;
  kept: number;
  /** What happened to access at once. */
  followed: ReconciledRules;
}

/** The result when the changes are so many that the actor has to confirm them. Nothing was applied. */
export interface PausedSimulation {
  kind: 'paused';
  policy: string;
  /** "24 people would get high-risk access: GitHub · Admin." */
  reasons: string[];
  /** Number of pairs of a person and an entitlement that would change. The actor confirms this number. */
  changes: number;
}

/** Maximum number of people who get high-risk access without a confirmation. */
const maxUnconfirmedHighRisk = 20;
/** Maximum number of people who get any access without a confirmation. */
const maxUnconfirmedGains = 100;
/** Maximum number of entitlements that a reason names. */
const maxNamed = 5;

/**
 * Replaces the generated rules of a policy by those of an open simulation, in one transaction. Handwritten rules
 * stay. Tasks for the access that the rules demand are opened at once.
 * @param input.confirmed the number of access changes that the actor has confirmed.
 * @throws Refusal conflict: it is stale, or somebody has decided it; missing.
 */
export async function applySimulation(
  ctx: ActorCtx,
  input: { id: number; confirmed?: number | undefined },
): Promise<AppliedSimulation | PausedSimulation> {
  await requirePermission(ctx, 'mineRoles');
  const { policy, simulation } = await readSimulation(ctx, input.id);
  const staleness = await explainStaleness(ctx, simulation);
  if (staleness) {
    await inTransaction(ctx, (ctx) => redrawSimulation(ctx, simulation));
    throw new Refusal('conflict', staleness);
  }
  return inTransaction(ctx, async (ctx) => {
    const open = await lockOpen(ctx, simulation);
    const rules = (await listSimulatedRules(ctx.db, open.id)).map(({ rule }) => rule);
    const effects = await readEffects(ctx, open.rulePolicyId, rules);
    const changes = effects.gains.length + effects.losses.length;
    const reasons = await listConfirmationReasons(ctx, effects);
    if (reasons.length > 0 && input.confirmed !== changes) {
      return { kind: 'paused', policy, reasons, changes };
    }
    const decidedBy = ctx.actor.personId;
    await changeSimulationState(ctx.db, {
      id: open.id,
      from: ['open'],
      change: {
        state: 'applied',
        decidedBy,
        decidedAt: ctx.now,
      },
    });
    await replaceRules(ctx, open, rules);
    const countRules = (change: SimulatedRule['change']) =>
      rules.filter((rule) => rule.change === change).length;
    const counts = {
      added: countRules('added'),
      removed: countRules('removed'),
      kept: countRules('kept'),
    };
    await audit(ctx, 'simulation.apply', subjectOf.simulation(open.id), {
      before: { state: 'open' },
      after: { state: 'applied', rulePolicyId: open.rulePolicyId, ...counts, changes },
    });
    const followed = await reconcileRoleRules(ctx, decidedBy);
    await redrawSimulation(ctx, open);
    return { kind: 'applied', policy, ...counts, followed };
  });
}

/** @throws Refusal conflict: decided by somebody, or stale. */
async function lockOpen(ctx: ActorCtx, { id, rulePolicyId }: Simulation): Promise<Simulation> {
  // Waits for a running sync, which makes the simulation stale. Syncs and the reconciling of rules lock in this order too.
  await lockSyncs(ctx.db);
  await lockRulePolicy(ctx.db, rulePolicyId);
  const simulation = await lockSimulation(ctx.db, id);
  if (simulation?.state !== 'open')
    throw new Refusal('conflict', await describeSimulationState(ctx, id));
  const staleness = await explainStaleness(ctx, simulation);
  if (staleness) throw new Refusal('conflict', staleness);
  return simulation;
}

async function replaceRules(
  ctx: ActorCtx,
  { id, rulePolicyId }: Simulation,
  rules: readonly SimulatedRule[],
): Promise<void> {
  const removed = rules.filter(({ change }) => change === 'removed');
  await endGeneratedRules(ctx.db, listRuleIds(removed, 'removed'), ctx.now);
  const added = rules.filter(({ change }) => change === 'added');
  const ids = await insertGeneratedRules(
    ctx.db,
    added.map(({ miningRuleId, entitlementId, criteria, ruleType, figures }) => ({
      rulePolicyId,
      miningRuleId,
      entitlementId,
      criteria,
      ruleType,
      figures,
      createdBy: ctx.actor.personId,
      appliedAt: ctx.now,
    })),
  );
  await confirmGeneratedRules(
    ctx.db,
    rules.filter(({ change }) => change === 'kept'),
  );
  const toAudited = ({ entitlementId, criteria, ruleType }: SimulatedRule) => ({
    rulePolicyId,
    entitlementId,
    criteria,
    ruleType,
    simulation: id,
  });
  await auditMany(
    ctx,
    'role-rule.end',
    removed.flatMap((rule) => {
      const { singleRoleRuleId: ruleId } = rule;
      return ruleId === null
        ? []
        : [{ subject: subjectOf.roleRule(ruleId), before: toAudited(rule) }];
    }),
  );
  await auditMany(
    ctx,
    'role-rule.create',
    ids.flatMap((ruleId, at) => {
      const rule = added[at];
      return rule ? [{ subject: subjectOf.roleRule(ruleId), after: toAudited(rule) }] : [];
    }),
  );
}

/** Lists in sentences why the changes need confirmation; empty if they do not. */
async function listConfirmationReasons(
  ctx: Ctx,
  { gains, losses, highRisk, reach }: Effects,
): Promise<string[]> {
  const highRiskCount = countPeople(highRisk);
  const gainingCount = countPeople(gains);
  const reasons: string[] = [];
  if (highRiskCount > maxUnconfirmedHighRisk) {
    const labels = await nameEntitlements(ctx, highRisk);
    reasons.push(`${highRiskCount} people would get high-risk access: ${labels}.`);
  }
  if (gainingCount > maxUnconfirmedGains) {
    const grants = `${gains.length} grants in all`;
    reasons.push(`${gainingCount} people would get access without a request, ${grants}.`);
  }
  const massLosses = [...groupBy(losses, ({ entitlementId }) => entitlementId)].flatMap(
    ([id, lost]) => {
      const holders = reach.holders.get(id)?.all.length ?? 0;
      return requiresConfirmation(lost.length, holders) ? lost : [];
    },
  );
  if (massLosses.length > 0) {
    const labels = await nameEntitlements(ctx, massLosses);
    const people = `${countPeople(massLosses)} people, more than a fifth of the holders`;
    reasons.push(`${people}, would lose access after the grace period: ${labels}.`);
  }
  return reasons;
}

function countPeople(pairs: readonly { personId: number }[]): number {
  return new Set(pairs.map(({ personId }) => personId)).size;
}

async function nameEntitlements(
  ctx: Ctx,
  pairs: readonly { entitlementId: number }[],
): Promise<string> {
  const ids = [...new Set(pairs.map(({ entitlementId }) => entitlementId))];
  const found = await listEntitlementsById(ctx.db, ids.slice(0, maxNamed));
  const more = ids.length > maxNamed ? `, and ${ids.length - maxNamed} more` : '';
  return `${found.map(({ app, name }) => `${app} · ${name}`).join(', ')}${more}`;
}
