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
import { readBasis } from './staleness.ts';

/** A simulation waits for its turn. */
export interface QueuedSimulation {
  kind: 'queued';
  id: number;
  policy: string;
}

/** The policy holds rules written by hand, too: who asked has to say that they mean it. */
export interface AskedSimulation {
  kind: 'asked';
  policy: string;
  written: number;
}

/**
 * Asks for a simulation of a rule policy's mining rules, for whom a card says what it found.
 * @param input.confirmed how many rules written by hand the actor has said yes to.
 * Where no mining rule is enabled any more, it is how the rules go that runs made.
 * @throws Refusal conflict: one waits, runs or is open; invalid: nothing to mine by, nor to end; missing.
 */
export async function requestSimulation(
  ctx: ActorCtx,
  input: { rulePolicyId: number; confirmed?: number | undefined },
): Promise<QueuedSimulation | AskedSimulation> {
  await requirePermission(ctx, 'mineRoles');
  const nothing = await explainNothingToMine(ctx);
  if (nothing) throw new Refusal('missing', nothing);
  return inTransaction(ctx, async (ctx) => {
    const policy = await requireRulePolicy(ctx, input.rulePolicyId);
    const busy = await findUnfinishedSimulation(ctx.db, policy.id);
    if (busy) throw new Refusal('conflict', describeBusy(busy, ctx.now));
    const { miningRules, rules } = await readBasis(ctx, policy.id);
    if (miningRules.length === 0 && !rules.some(({ origin }) => origin === 'generated')) {
      throw new Refusal(
        'invalid',
        `No mining rule that is enabled makes rules for "${policy.name}": add one, or enable one, first.`,
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
 * Cancels an open simulation and asks for it anew: people, access and rules as they are now.
 * @throws Refusal conflict: it is not open any more; missing.
 */
export async function refreshSimulation(ctx: ActorCtx, id: number): Promise<QueuedSimulation> {
  await requirePermission(ctx, 'mineRoles');
  const found = await readSimulation(ctx, id);
  return inTransaction(ctx, async (ctx) => {
    const policy = await requireRulePolicy(ctx, found.simulation.rulePolicyId);
    const old = await endSimulation(ctx, id, ['open']);
    const fresh = await queueSimulation(ctx, policy.id);
    await redrawSimulation(ctx, old);
    return { kind: 'queued', id: fresh.id, policy: policy.name };
  });
}

/**
 * Cancels a simulation that waits, runs or is open. The rules there are stay as they are.
 * @throws Refusal conflict saying how it ended already; missing.
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
  if (!found) throw new Refusal('missing', 'This simulation is no longer here.');
  return found;
}

/** How a simulation that is not open any more ended, or where it is, as a sentence. */
export async function sayWhereItIs(ctx: Ctx, id: number): Promise<string> {
  const found = await readSimulation(ctx, id);
  return describeEnd(found, ctx.now) ?? describeBusy(found, ctx.now);
}

/** "This simulation was applied by Dana Scott 2 minutes ago."; undefined while nothing is decided. */
function describeEnd(found: NamedSimulation, now: Date): string | undefined {
  const { simulation, decidedBy } = found;
  const who = `by ${decidedBy ?? 'somebody'} ${formatAgo(simulation.decidedAt ?? now, now)}`;
  switch (simulation.state) {
    case 'applied':
      return `This simulation was applied ${who}.`;
    case 'cancelled':
      return found.isRefreshed
        ? `This simulation was refreshed ${who}; a new one takes its place.`
        : `This simulation was cancelled ${who}.`;
    case 'failed':
      return `This simulation failed ${formatAgo(simulation.finishedAt ?? now, now)}.`;
    default:
      return undefined;
  }
}

/** What stands on a card in the place of its buttons: "Applied by Dana Scott", with when that was. */
export interface SimulationRecord {
  text: string;
  at: Date | undefined;
}

export function decisionOf(found: NamedSimulation): SimulationRecord | undefined {
  const { simulation, decidedBy, isRefreshed } = found;
  const who = decidedBy ?? 'somebody';
  const at = simulation.decidedAt ?? simulation.finishedAt ?? undefined;
  switch (simulation.state) {
    case 'applied':
      return { text: `Applied by ${who}`, at };
    case 'cancelled':
      return {
        text: isRefreshed
          ? `Refreshed by ${who}; a new one takes its place`
          : `Cancelled by ${who}; the rules there are stay`,
        at,
      };
    case 'failed': {
      const why = (simulation.error ?? 'the reason is not known').replace(/[.!]?$/, '');
      return { text: `It failed: ${why}. The rules there are stay`, at };
    }
    default:
      return undefined;
  }
}

/** Has the card of who asked for it drawn again, at once. */
export async function redrawSimulation(ctx: Ctx, { id, requestedBy }: Simulation): Promise<void> {
  if (requestedBy === null) return;
  await notify(ctx, [{ recipientId: requestedBy, kind: 'simulation', subjectId: id, priority: 0 }]);
}

/** Where every open simulation may have become stale, as after a sync: its card says so. */
export async function redrawOpenSimulations(ctx: Ctx): Promise<void> {
  for (const { simulation } of await listOpenSimulations(ctx.db)) {
    await redrawSimulation(ctx, simulation);
  }
}

async function requireRulePolicy(ctx: Ctx, id: number) {
  const policy = await lockRulePolicy(ctx.db, id);
  if (!policy) throw new Refusal('missing', 'This rule policy is no longer here.');
  return policy;
}

/** @throws Refusal conflict: another one was queued at the same moment. */
async function queueSimulation(ctx: ActorCtx, rulePolicyId: number): Promise<Simulation> {
  const queued = await insertSimulation(ctx.db, {
    rulePolicyId,
    state: 'queued',
    requestedBy: ctx.actor.personId,
    queuedAt: ctx.now,
  });
  if (!queued) {
    const busy = await findUnfinishedSimulation(ctx.db, rulePolicyId);
    const sentence = busy && describeBusy(busy, ctx.now);
    throw new Refusal('conflict', sentence ?? 'Somebody simulated it at the same moment.');
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
  const end = { state: 'cancelled', decidedBy: ctx.actor.personId, decidedAt: ctx.now } as const;
  const ended = await changeSimulationState(ctx.db, { id, from, change: end });
  if (!ended) throw new Refusal('conflict', await sayWhereItIs(ctx, id));
  await audit(ctx, 'simulation.cancel', subjectOf.simulation(id), {
    before: { state: simulation.state },
    after: { state: ended.state },
  });
  return ended;
}

function describeBusy({ simulation, policy, requestedBy }: NamedSimulation, now: Date): string {
  const { state, queuedAt } = simulation;
  const who = `${requestedBy ?? 'Somebody'} asked for a simulation of "${policy}" ${formatAgo(queuedAt, now)}`;
  const where = {
    queued: 'it waits for its turn',
    running: 'it is being worked on',
    open: 'it waits to be applied or cancelled',
  };
  return `${who}; ${state in where ? where[state as keyof typeof where] : 'it has ended'}.`;
}
