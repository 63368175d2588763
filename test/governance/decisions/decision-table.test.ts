import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/errors.ts';
import type { ActorCtx } from '../../../src/governance/context.ts';
import { commentOnTask } from '../../../src/governance/decisions/comments.ts';
import { cancelRequest, decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { intervene } from '../../../src/governance/decisions/intervene.ts';
import { reassignStep } from '../../../src/governance/decisions/reassign-step.ts';
import { readDetails } from '../../../src/governance/task-cards/details.ts';
import { openTasks } from '../../../src/governance/tasks/open-tasks.ts';
import type { StepRef } from '../../../src/governance/tasks/step-ref.ts';
import type { Db } from '../../../src/store/db.ts';
import { entitlements, grants } from '../../../src/store/schema/access.ts';
import { people } from '../../../src/store/schema/people.ts';
import { listSteps } from '../../../src/store/tasks/tasks.ts';
import { oneDatabase } from '../../support/database.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import {
  actions,
  actors,
  grantStates,
  type Outcome,
  outcomeOf,
  refusals,
  revokeStates,
} from './decision-table.ts';

/** Cy requests access for Ana; Kim proposes to revoke Cy's access. Bo approves, Lee carries out. */
const grantCast = ['Ana', 'Cy', 'Bo', 'Lee', 'Kim', 'Dana'] as const;
const revokeCast = ['Cy', 'Kim', 'Bo', 'Lee', 'Ana', 'Dana'] as const;
type Name = keyof SmallCompany['ids'];

/** By state: the decisions that lead to it from a new task. */
const waysTo: Record<string, ('yes' | 'no' | 'cancel')[]> = {
  approval: [],
  provision: ['yes'],
  provisioned: ['yes', 'yes'],
  denied: ['no'],
  'not provisioned': ['yes', 'no'],
  canceled: ['cancel'],
  revocation: [],
  deprovision: ['yes'],
  deprovisioned: ['yes', 'yes'],
  'denied revocation': ['no'],
  'not deprovisioned': ['yes', 'no'],
  'canceled revocation': ['cancel'],
};

interface Prepared {
  taskId: number;
  /** The step that a card would show now. */
  now: StepRef;
  /** The first step, in the version of the first card. */
  old: StepRef;
}

describe.each(oneDatabase())('each action by each actor in each state on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let zoe: number;
  const prepared = new Map<string, Prepared>();

  beforeAll(async () => {
    const [added] = await db
      .insert(people)
      .values({ connector: 'csv', name: 'Zoe', email: 'zoe@acme.example' })
      .returning();
    zoe = added!.id;
    for (const state of [...grantStates, ...revokeStates]) {
      prepared.set(state, await prepare(state));
    }
  });

  async function prepare(state: string): Promise<Prepared> {
    const taskId = await openOne(state);
    const old = await shownStep(taskId);
    for (const way of waysTo[state]!) {
      const ref = await shownStep(taskId);
      const name = way === 'cancel' ? 'Dana' : ref.stepId === old.stepId ? 'Bo' : 'Lee';
      const ctx = await company.as(name);
      if (way === 'cancel') await intervene(ctx, ref, { action: 'cancel', reason: 'not needed' });
      else await decideStep(ctx, ref, { positive: way === 'yes', reason: 'so' });
    }
    return { taskId, now: await shownStep(taskId), old };
  }

  async function openOne(state: string): Promise<number> {
    const kind = grantStates.includes(state) ? 'grant' : 'revoke';
    const cast = kind === 'grant' ? grantCast : revokeCast;
    const { applicationId } = (await db.select().from(entitlements))[0]!;
    const [right] = await db
      .insert(entitlements)
      .values({ applicationId, name: state })
      .returning();
    const pair = { personId: company.ids[cast[0]], entitlementId: right!.id };
    if (kind === 'revoke') {
      await db.insert(grants).values({ ...pair, source: 'connector', firstSeenAt: noon });
    }
    const asker = company.ids[cast[1]];
    const { opened } = await openTasks(company.system, {
      kind,
      targets: [pair],
      requesterId: asker,
      openedBy: asker,
      profileId: null,
      reason: 'why',
      cause: 'asked',
    });
    return opened[0]!.id;
  }

  /** The active step, or the last one that was decided. */
  async function shownStep(taskId: number): Promise<StepRef> {
    const steps = await listSteps(db, taskId);
    const step =
      steps.find((one) => one.state === 'active') ??
      steps.findLast((one) => one.decidedBy !== null) ??
      steps[0]!;
    return { stepId: step.id, version: step.version };
  }

  const perform: Record<string, (ctx: ActorCtx, at: Prepared) => Promise<unknown>> = {
    yes: (ctx, { now }) => decideStep(ctx, now, { positive: true }),
    no: (ctx, { now }) => decideStep(ctx, now, { positive: false, reason: 'so' }),
    'yes on an old card': (ctx, { old }) => decideStep(ctx, old, { positive: true }),
    reassign: (ctx, { now }) => reassignStep(ctx, now, { personId: zoe, reason: 'so' }),
    comment: (ctx, { taskId }) => commentOnTask(ctx, { taskId, body: 'a word' }),
    details: (ctx, { taskId }) => readDetails(ctx, taskId),
    'cancel request': (ctx, { taskId }) => cancelRequest(ctx, taskId),
    cancel: (ctx, { now }) => intervene(ctx, now, { action: 'cancel', reason: 'so' }),
    skip: (ctx, { now }) => intervene(ctx, now, { action: 'skip', reason: 'so' }),
    restart: (ctx, { now }) => intervene(ctx, now, { action: 'restart', reason: 'so' }),
  };

  /** Tries an action and rolls it back, so that the next attempt finds the task unchanged. */
  async function attempt(name: Name, action: string, at: Prepared): Promise<Outcome | string> {
    const as = await company.as(name);
    let outcome: Outcome | string = '';
    await db
      .transaction(async (tx) => {
        outcome = await perform[action]!({ ...as, db: tx as unknown as Db }, at).then(
          () => 'done' as const,
          nameRefusal,
        );
        tx.rollback();
      })
      .catch(() => {});
    return outcome;
  }

  it.each([...grantStates, ...revokeStates])('on a task in the state “%s”', async (state) => {
    const cast: readonly Name[] = grantStates.includes(state) ? grantCast : revokeCast;
    const expected: Record<string, Outcome | undefined> = {};
    const actual: Record<string, string> = {};
    for (const action of actions) {
      for (const [at, actor] of actors.entries()) {
        const outcome = outcomeOf(action, state, actor);
        if (outcome === undefined) continue;
        expected[`${action} by ${actor}`] = outcome;
        actual[`${action} by ${actor}`] = await attempt(cast[at]!, action, prepared.get(state)!);
      }
    }
    expect(Object.keys(actual).length).toBeGreaterThanOrEqual(actors.length * (actions.length - 1));
    expect(actual).toEqual(expected);
  });
});

/** Names the refusal of the table with this code and sentence; without one, returns the sentence. */
function nameRefusal(error: unknown): string {
  if (!(error instanceof Refusal)) throw error;
  const names = Object.keys(refusals) as (keyof typeof refusals)[];
  const found = names.find((name) => {
    const [code, sentence] = refusals[name];
    return error.code === code && sentence.test(error.message);
  });
  return found ?? `${error.code}: ${error.message}`;
}
