import { asc, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/errors.ts';
import { cancelRequest, decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { intervene } from '../../../src/governance/decisions/intervene.ts';
import { reassignStep } from '../../../src/governance/decisions/reassign-step.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { entitlements } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { policies, policySteps } from '../../../src/store/schema/tasks.ts';
import { oneDatabase, type TestDatabase } from '../../support/database.ts';
import { askFor, makeSmallCompany, type SmallCompany } from '../../support/small-company.ts';
import { activeOf, Model, type ModelTask, type Name, names } from './task-model.ts';

interface Real {
  db: TestDatabase['db'];
  company: SmallCompany;
  entitlementIds: number[];
}

type Command = fc.AsyncCommand<Model, Real>;

/** A command that may be refused: the product and the model must refuse the same commands. */
class Step implements Command {
  readonly title: string;
  readonly act: (model: Model, real: Real) => Promise<void>;

  constructor(title: string, act: (model: Model, real: Real) => Promise<void>) {
    this.title = title;
    this.act = act;
  }

  check = () => true;
  toString = () => this.title;

  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real);
    for (const task of model.tasks) await compare(task, real);
  }
}

const name = fc.constantFrom(...names);
/** A random actor; more often the assignee of the step, so that tasks advance. */
const actor = fc.oneof(
  { weight: 1, arbitrary: name },
  { weight: 2, arbitrary: fc.constant('the assignee' as const) },
);
const nameOf = (actor: Name | 'the assignee', task: ModelTask): Name =>
  actor === 'the assignee' ? (activeOf(task)?.assignees[0] ?? 'Kim') : actor;
const policyNames = ['No approval', 'One approval', 'Two approvals', 'Three approvals'];

const commands = [
  fc.tuple(name, name, fc.nat({ max: 3 })).map(
    ([requester, subject, policy]) =>
      new Step(
        `${requester} requests entitlement ${policy} for ${subject}`,
        async (model, real) => {
          const may = model.mayRequest(requester, subject, policy, policy);
          const work = askFor(await real.company.as(requester), {
            personId: real.company.ids[subject],
            entitlementId: real.entitlementIds[policy]!,
            reason: 'why',
          });
          const task = await outcome(work, may);
          if (task) model.request(task.id, requester, subject, policy, policy);
        },
      ),
  ),
  fc.tuple(fc.nat(), actor, fc.boolean(), fc.nat({ max: 5 })).map(
    ([at, one, positive, age]) =>
      new Step(
        `${one} decides ${at}: ${positive}${age === 0 ? ', late' : ''}`,
        async (model, real) => {
          const task = pick(model, at);
          if (!task) return;
          const stale = age === 0;
          const who = nameOf(one, task);
          const ref = await refOf(real, task);
          const version = ref.version - (stale ? 1 : 0);
          const may = !stale && model.mayDecide(task, who);
          const decision = { positive, reason: 'so' };
          const work = decideStep(await real.company.as(who), { ...ref, version }, decision);
          if (await outcome(work, may)) model.decide(task, who, positive);
        },
      ),
  ),
  fc.tuple(fc.nat(), actor, name).map(
    ([at, one, to]) =>
      new Step(`${one} reassigns ${at} to ${to}`, async (model, real) => {
        const task = pick(model, at);
        if (!task) return;
        const by = nameOf(one, task);
        const { ids } = real.company;
        const may = model.mayReassign(task, by, to);
        const target = { personId: ids[to], reason: 'so' };
        const work = reassignStep(await real.company.as(by), await refOf(real, task), target);
        await outcome(work, may);
        const step = activeOf(task);
        if (may) model.reassign(task, by, to);
        else if (step && !step.assignees.includes(by)) model.noteRefusal(task, by);
      }),
  ),
  fc.tuple(fc.nat(), name).map(
    ([at, who]) =>
      new Step(`${who} cancels ${at}`, async (model, real) => {
        const task = pick(model, at);
        if (!task) return;
        const may = model.mayCancel(task, who);
        if (await outcome(cancelRequest(await real.company.as(who), task.id), may))
          model.cancel(task);
      }),
  ),
  fc.tuple(fc.nat(), name, fc.constantFrom('skip' as const, 'restart' as const)).map(
    ([at, who, what]) =>
      new Step(`${who}: ${what} ${at}`, async (model, real) => {
        const task = pick(model, at);
        if (!task) return;
        const may = model.mayIntervene(task, who, what);
        const work = intervene(await real.company.as(who), await refOf(real, task), {
          action: what,
          reason: 'so',
        });
        if (await outcome(work, may)) model.intervene(task, what);
        else model.noteRefusal(task, who);
      }),
  ),
];

const pick = ({ tasks }: Model, at: number) => tasks[at % Math.max(1, tasks.length)];

/** Returns the active step; the first step of a closed task. */
async function refOf({ company }: Real, { id }: ModelTask) {
  const view = (await loadTaskView(company.system, id))!;
  const step = view.active ?? view.steps[0]!;
  return { stepId: step.id, version: step.version };
}

/** Returns the result of a command; undefined if it was refused as expected. */
async function outcome<T>(work: Promise<T>, expected: boolean): Promise<T | undefined> {
  const result = await work.then(
    (value) => ({ value }),
    (error) => {
      if (error instanceof Refusal) return { refused: error.message };
      throw error;
    },
  );
  if ('refused' in result) {
    expect(`refused: ${result.refused}`).toBe(expected ? 'done' : `refused: ${result.refused}`);
    return undefined;
  }
  expect(expected ? 'done' : 'refused').toBe('done');
  return result.value;
}

/** Expects the state, the plan and the audit trail of the model. */
async function compare(task: ModelTask, { db, company }: Real): Promise<void> {
  const view = (await loadTaskView(company.system, task.id))!;
  const plan = view.steps.map((step) => ({
    state: step.state,
    decider: step.decider,
    assignees: step.state === 'active' ? activeNames(step.assignees) : [],
  }));
  const trail = await db
    .select({ verb: auditLog.verb })
    .from(auditLog)
    .where(eq(auditLog.subject, `task:${task.id}`))
    .orderBy(asc(auditLog.id));
  expect({ state: view.task.state, plan, trail: trail.map((row) => row.verb) }).toEqual({
    state: task.state,
    plan: task.steps.map(({ state, decider, assignees }) => ({
      state,
      decider,
      assignees: state === 'active' ? [...assignees].sort() : [],
    })),
    trail: task.trail,
  });
}

const activeNames = (assignees: readonly { active: boolean; name: string }[]): Name[] =>
  assignees
    .filter((one) => one.active)
    .map((one) => one.name as Name)
    .sort();

describe.each(oneDatabase())('random sequences of commands on $name', ({ open }) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  /** Creates a company with one entitlement for each number of approvals. */
  async function setUp(): Promise<{ model: Model; real: Real }> {
    const { db } = database;
    await database.empty();
    const company = await makeSmallCompany(db);
    // The model counts an earlier approval by the same person.
    await db.update(policySteps).set({ options: { distinctApprovers: false } });
    const known = await db.select().from(policies).where(eq(policies.kind, 'grant'));
    const rights = await db
      .insert(entitlements)
      .values(
        policyNames.map((policy) => ({
          applicationId: sql`(select min(id) from applications)` as unknown as number,
          name: policy,
          policyId: known.find((one) => one.name === policy)!.id,
        })),
      )
      .returning();
    return {
      model: new Model(),
      real: { db, company, entitlementIds: rights.map((one) => one.id) },
    };
  }

  it('end in the states, plans and audit trails of a simple model', {
    timeout: 180_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.commands(commands, { maxCommands: 40, size: 'max' }),
        async (sequence) => {
          const start = await setUp();
          await fc.asyncModelRun(() => start, sequence);
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
