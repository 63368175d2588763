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
import { type Effects, idsOf, readEffects } from './effects.ts';
import { readSimulation, redrawSimulation, sayWhereItIs } from './simulations.ts';
import { staleReason } from './staleness.ts';

/** The rules of the simulation are in force. */
export interface AppliedSimulation {
  kind: 'applied';
  policy: string;
  added: number;
  removed: number;
  kept: number;
  /** What became of access at once. */
  followed: ReconciledRules;
}

/** It would change so much that nothing was done: who asked has to say that they mean it. */
export interface PausedSimulation {
  kind: 'paused';
  policy: string;
  /** "24 people would get access of high risk: GitHub · Admin." */
  reasons: string[];
  /** How many pairs of a person and an entitlement would change; saying yes is saying this number. */
  changes: number;
}

/** More people than these get access of high risk only with a yes. */
const freelyRisked = 20;
/** More people than these get any access only with a yes. */
const freelyGiven = 100;
/** How many entitlements a reason names. */
const maxNamed = 5;

/**
 * Puts the rules of an open simulation in the place of those that runs made, in one transaction; rules that
 * somebody wrote stay. What the rules then ask for is opened at once.
 * @param input.confirmed how many changes of access the actor has said yes to.
 * @throws Refusal conflict: it is stale, or somebody has decided it; missing.
 */
export async function applySimulation(
  ctx: ActorCtx,
  input: { id: number; confirmed?: number | undefined },
): Promise<AppliedSimulation | PausedSimulation> {
  await requirePermission(ctx, 'mineRoles');
  const { policy, simulation } = await readSimulation(ctx, input.id);
  const stale = await staleReason(ctx, simulation);
  if (stale) {
    await inTransaction(ctx, (ctx) => redrawSimulation(ctx, simulation));
    throw new Refusal('conflict', stale);
  }
  return inTransaction(ctx, async (ctx) => {
    const open = await lockOpen(ctx, simulation);
    const rules = (await listSimulatedRules(ctx.db, open.id)).map(({ rule }) => rule);
    const effects = await readEffects(ctx, open.rulePolicyId, rules);
    const changes = effects.gains.length + effects.losses.length;
    const reasons = await pauseReason(ctx, effects);
    if (reasons.length > 0 && input.confirmed !== changes) {
      return { kind: 'paused', policy, reasons, changes };
    }
    const { personId: decidedBy } = ctx.actor;
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
    const count = (change: SimulatedRule['change']) =>
      rules.filter((rule) => rule.change === change).length;
    const done = { added: count('added'), removed: count('removed'), kept: count('kept') };
    await audit(ctx, 'simulation.apply', subjectOf.simulation(open.id), {
      before: { state: 'open' },
      after: { state: 'applied', rulePolicyId: open.rulePolicyId, ...done, changes },
    });
    const followed = await reconcileRoleRules(ctx, decidedBy);
    await redrawSimulation(ctx, open);
    return { kind: 'applied', policy, ...done, followed };
  });
}

/** @throws Refusal conflict: decided by somebody, or stale by now. */
async function lockOpen(ctx: ActorCtx, { id, rulePolicyId }: Simulation): Promise<Simulation> {
  // A sync that is under way comes first, and makes it stale; it and whoever follows rules lock in this order, too.
  await lockSyncs(ctx.db);
  await lockRulePolicy(ctx.db, rulePolicyId);
  const simulation = await lockSimulation(ctx.db, id);
  if (simulation?.state !== 'open') throw new Refusal('conflict', await sayWhereItIs(ctx, id));
  const stale = await staleReason(ctx, simulation);
  if (stale) throw new Refusal('conflict', stale);
  return simulation;
}

async function replaceRules(
  ctx: ActorCtx,
  { id, rulePolicyId }: Simulation,
  rules: readonly SimulatedRule[],
): Promise<void> {
  const removed = rules.filter(({ change }) => change === 'removed');
  await endGeneratedRules(ctx.db, idsOf(removed, 'removed'), ctx.now);
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
  const said = ({ entitlementId, criteria, ruleType }: SimulatedRule) => ({
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
      return ruleId === null ? [] : [{ subject: subjectOf.roleRule(ruleId), before: said(rule) }];
    }),
  );
  await auditMany(
    ctx,
    'role-rule.create',
    ids.flatMap((ruleId, at) => {
      const rule = added[at];
      return rule ? [{ subject: subjectOf.roleRule(ruleId), after: said(rule) }] : [];
    }),
  );
}

/** Why this is not to be done without a person's yes, a sentence each. */
async function pauseReason(
  ctx: Ctx,
  { gains, losses, highRisk, reach }: Effects,
): Promise<string[]> {
  const risked = countPeople(highRisk);
  const given = countPeople(gains);
  const reasons: string[] = [];
  if (risked > freelyRisked) {
    const what = await nameEntitlements(ctx, highRisk);
    reasons.push(`${risked} people would get access of high risk: ${what}.`);
  }
  if (given > freelyGiven) {
    reasons.push(
      `${given} people would get access that nobody asked for, ${gains.length} grants in all.`,
    );
  }
  const hit = [...groupBy(losses, ({ entitlementId }) => entitlementId)].flatMap(([id, lost]) => {
    const holders = reach.holders.get(id)?.all.length ?? 0;
    return requiresConfirmation(lost.length, holders) ? lost : [];
  });
  if (hit.length > 0) {
    const what = await nameEntitlements(ctx, hit);
    reasons.push(
      `${countPeople(hit)} people, more than a fifth of those who hold it, would lose access after the grace period: ${what}.`,
    );
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
