import { Refusal } from '../../errors.ts';
import { lockRulePolicy } from '../../store/rules/rule-policies.ts';
import {
  changeSimulationState,
  findSimulation,
  findUnfinishedSimulation,
  insertSimulation,
  listOpenSimulations,
  type NamedSimulation,
  type Simulation,
  unfinishedStates,
} from '../../store/rules/simulations.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  requirePermission,
} from '../context.ts';
import { explainNothingToMine } from '../role-mining/runs.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { toSentence } from '../wording/sentences.ts';
import { readBasis } from './staleness.ts';

/** The result when a simulation was queued. */
export interface QueuedSimulation {
  kind: 'queued';
  id: number;
  policy: string;
}

/** The result when the policy also has handwritten rules, which the actor has to confirm. */
export interface AskedSimulation {
  kind: 'asked';
  policy: string;
  /** Number of handwritten rules. */
  written: number;
}

/**
 * Queues a simulation of a rule policy's mining rules. The actor gets its result as a card. Without any enabled mining
 * rule, the simulation removes the generated rules.
 * @param input.confirmed the number of handwritten rules that the actor has confirmed.
 * @throws Refusal conflict: one is queued, running or open; invalid: no enabled mining rule and no generated rule;
 * missing.
 */
export async function requestSimulation(
  ctx: ActorCtx,
  input: { rulePolicyId: number; confirmed?: number | undefined },
): Promise<QueuedSimulation | AskedSimulation> {
  await requirePermission(ctx, 'mineRoles');
  const explanation = await explainNothingToMine(ctx);
  if (explanation) throw new Refusal('missing', explanation);
  return inTransaction(ctx, async (ctx) => {
    const policy = await requireRulePolicy(ctx, input.rulePolicyId);
    const existing = await findUnfinishedSimulation(ctx.db, policy.id);
    if (existing) throw new Refusal('conflict', describeUnfinished(existing, ctx.now));
    const { miningRules, rules } = await readBasis(ctx, policy.id);
    if (miningRules.length === 0 && !rules.some(({ origin }) => origin === 'generated')) {
      throw new Refusal(
        'invalid',
        `"${policy.name}" has no enabled mining rule; add or enable one first.`,
      );
    }
    const written = rules.filter(({ origin }) => origin === 'written').length;
    if (written > 0 && written !== input.confirmed) {
      return { kind: 'asked', policy: policy.name, written };
    }
    const { id } = await queueSimulation(ctx, policy.id);
    return { kind: 'queued', id, policy: policy.name };
  });
}

/**
 * Cancels an open simulation and queues another one with the people, access and rules of now.
 * @throws Refusal conflict: it is no longer open; missing.
 */
export async function refreshSimulation(ctx: ActorCtx, id: number): Promise<QueuedSimulation> {
  await requirePermission(ctx, 'mineRoles');
  const found = await readSimulation(ctx, id);
  return inTransaction(ctx, async (ctx) => {
    const policy = await requireRulePolicy(ctx, found.simulation.rulePolicyId);
    const canceled = await endSimulation(ctx, id, ['open']);
    const queued = await queueSimulation(ctx, policy.id);
    await redrawSimulation(ctx, canceled);
    return { kind: 'queued', id: queued.id, policy: policy.name };
  });
}

/**
 * Cancels a simulation that is queued, running or open. The rules in force stay unchanged.
 * @throws Refusal conflict (says how it ended); missing.
 */
export async function cancelSimulation(ctx: ActorCtx, id: number): Promise<{ policy: string }> {
  await requirePermission(ctx, 'mineRoles');
  const { policy } = await readSimulation(ctx, id);
  return inTransaction(ctx, async (ctx) => {
    await redrawSimulation(ctx, await endSimulation(ctx, id, unfinishedStates));
    return { policy };
  });
}

/** @throws Refusal missing. */
export async function readSimulation(ctx: Ctx, id: number): Promise<NamedSimulation> {
  const found = await findSimulation(ctx.db, id);
  if (!found) throw new Refusal('missing', 'This simulation no longer exists.');
  return found;
}

/** Describes in a sentence how a simulation ended, or its state. */
export async function describeSimulationState(ctx: Ctx, id: number): Promise<string> {
  const found = await readSimulation(ctx, id);
  return describeEnd(found, ctx.now) ?? describeUnfinished(found, ctx.now);
}

/** "This simulation was applied by Dana Scott 2 minutes ago."; undefined until it ends. */
function describeEnd(found: NamedSimulation, now: Date): string | undefined {
  const { simulation, decidedBy } = found;
  const decision = `by ${decidedBy ?? 'somebody'} ${formatAgo(simulation.decidedAt ?? now, now)}`;
  switch (simulation.state) {
    case 'applied':
      return `This simulation was applied ${decision}.`;
    case 'canceled':
      return found.isRefreshed
        ? `This simulation was refreshed ${decision}; a new one replaces it.`
        : `This simulation was canceled ${decision}.`;
    case 'failed':
      return `This simulation failed ${formatAgo(simulation.finishedAt ?? now, now)}.`;
    default:
      return undefined;
  }
}

/** Replaces the buttons of a card: "Applied by Dana Scott", with the time. No period ends the text. */
export interface SimulationRecord {
  text: string;
  at: Date | undefined;
}

export function describeSimulationDecision(found: NamedSimulation): SimulationRecord | undefined {
  const { simulation, decidedBy, isRefreshed } = found;
  const decider = decidedBy ?? 'somebody';
  const at = simulation.decidedAt ?? simulation.finishedAt ?? undefined;
  switch (simulation.state) {
    case 'applied':
      return { text: `Applied by ${decider}`, at };
    case 'canceled':
      return {
        text: isRefreshed
          ? `Refreshed by ${decider}; a new one replaces it`
          : `Canceled by ${decider}; existing rules are unchanged`,
        at,
      };
    case 'failed': {
      const reason = toSentence(simulation.error ?? 'the reason is unknown');
      return { text: `It failed: ${reason} Existing rules are unchanged`, at };
    }
    default:
      return undefined;
  }
}

/** Redraws the card of the person who requested the simulation, at once. */
export async function redrawSimulation(ctx: Ctx, { id, requestedBy }: Simulation): Promise<void> {
  if (requestedBy === null) return;
  await notify(ctx, [{ recipientId: requestedBy, kind: 'simulation', subjectId: id, priority: 0 }]);
}

/** Redraws the cards of all open simulations after a change that may have made them stale, such as a sync. */
export async function redrawOpenSimulations(ctx: Ctx): Promise<void> {
  for (const { simulation } of await listOpenSimulations(ctx.db)) {
    await redrawSimulation(ctx, simulation);
  }
}

async function requireRulePolicy(ctx: Ctx, id: number) {
  const policy = await lockRulePolicy(ctx.db, id);
  if (!policy) throw new Refusal('missing', 'This rule policy no longer exists.');
  return policy;
}

/** @throws Refusal conflict: another simulation was queued at the same moment. */
async function queueSimulation(ctx: ActorCtx, rulePolicyId: number): Promise<Simulation> {
  const queued = await insertSimulation(ctx.db, {
    rulePolicyId,
    state: 'queued',
    requestedBy: ctx.actor.personId,
    queuedAt: ctx.now,
  });
  if (!queued) {
    const first = await findUnfinishedSimulation(ctx.db, rulePolicyId);
    const sentence = first && describeUnfinished(first, ctx.now);
    throw new Refusal(
      'conflict',
      sentence ?? 'Somebody else requested a simulation at the same moment.',
    );
  }
  await audit(ctx, 'simulation.queue', subjectOf.simulation(queued.id), {
    after: { rulePolicyId },
  });
  return queued;
}

async function endSimulation(
  ctx: ActorCtx,
  id: number,
  from: readonly Simulation['state'][],
): Promise<Simulation> {
  const { simulation } = await readSimulation(ctx, id);
  const end = { state: 'canceled', decidedBy: ctx.actor.personId, decidedAt: ctx.now } as const;
  const ended = await changeSimulationState(ctx.db, { id, from, change: end });
  if (!ended) throw new Refusal('conflict', await describeSimulationState(ctx, id));
  await audit(ctx, 'simulation.cancel', subjectOf.simulation(id), {
    before: { state: simulation.state },
    after: { state: ended.state },
  });
  return ended;
}

const unfinishedTexts: Partial<Record<Simulation['state'], string>> = {
  queued: 'it is queued',
  running: 'it is running',
  open: 'it is ready to be applied or canceled',
};

/** "Dana Scott requested a simulation of "Mining" just now; it is queued." */
function describeUnfinished(
  { simulation, policy, requestedBy }: NamedSimulation,
  now: Date,
): string {
  const { state, queuedAt } = simulation;
  const request = `${requestedBy ?? 'Somebody'} requested a simulation of "${policy}"`;
  return `${request} ${formatAgo(queuedAt, now)}; ${unfinishedTexts[state] ?? 'it has ended'}.`;
}
