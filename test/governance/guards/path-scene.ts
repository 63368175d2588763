import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { ActorCtx } from '../../../src/governance/context.ts';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { reassignStep } from '../../../src/governance/decisions/reassign-step.ts';
import { requestAccess } from '../../../src/governance/requests/request-access.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import type { Db } from '../../../src/store/db.ts';
import { listRoles } from '../../../src/store/people/roles.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { people, personRoles } from '../../../src/store/schema/people.ts';
import { policies, type StepOptions, taskSteps, tasks } from '../../../src/store/schema/tasks.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';

export type Name = keyof SmallCompany['ids'] | 'Eva' | 'Jo';

/** The small company with a second Super Admin, Eva, and Jo, who would do anything for a requester. */
export interface Scene {
  db: Db;
  company: SmallCompany;
  ids: Record<Name, number>;
  as(name: Name, now?: Date): Promise<ActorCtx>;
  ask(by: Name, how?: { for?: Name; emergency?: boolean }): Promise<number>;
  /** The people whom the active step of a task asks. */
  askedFor(taskId: number): Promise<string[]>;
  refOf(taskId: number): Promise<{ stepId: number; version: number }>;
  decide(by: Name, taskId: number, positive?: boolean): Promise<unknown>;
  reassign(by: Name, taskId: number, to: Name): Promise<unknown>;
  setOptions(taskId: number, position: number, options: StepOptions): Promise<unknown>;
  policyNamed(name: string): Promise<number>;
}

export const later = new Date(noon.getTime() + 60_000);

export async function makeScene(db: Db, company: SmallCompany): Promise<Scene> {
  const [eva, jo] = await db
    .insert(people)
    .values(
      ['Eva', 'Jo'].map((name) => ({
        connector: 'csv',
        name,
        email: `${name.toLowerCase()}@acme.example`,
        department: 'Engineering',
        managerId: company.ids.Bo,
      })),
    )
    .returning();
  await db.insert(personRoles).values({ personId: eva!.id, role: 'super_admin' });
  const ids = { ...company.ids, Eva: eva!.id, Jo: jo!.id };
  const as = async (name: Name, now = noon): Promise<ActorCtx> => ({
    db,
    via: 'slack',
    now,
    actor: { personId: ids[name], name, roles: await listRoles(db, ids[name]) },
  });
  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const refOf = async (taskId: number) => {
    const { active, steps } = await viewOf(taskId);
    const step = active ?? steps[0]!;
    return { stepId: step.id, version: step.version };
  };
  return {
    db,
    company,
    ids,
    as,
    refOf,
    ask: async (by, { for: subject = by, emergency = false } = {}) => {
      const { opened } = await requestAccess(await as(by), {
        personId: ids[subject],
        entitlementIds: [company.admin],
        reason: 'on call',
        emergency,
        until: emergency ? new Date(noon.getTime() + 86_400_000) : null,
      });
      return opened[0]!.id;
    },
    askedFor: async (taskId) =>
      ((await viewOf(taskId)).active?.assignees ?? [])
        .filter(({ active }) => active)
        .map(({ name }) => name)
        .sort(),
    decide: async (by, taskId, positive = true) =>
      decideStep(await as(by, later), await refOf(taskId), { positive, reason: 'so' }),
    reassign: async (by, taskId, to) =>
      reassignStep(await as(by, later), await refOf(taskId), { personId: ids[to], reason: 'so' }),
    setOptions: (taskId, position, options) =>
      db
        .update(taskSteps)
        .set({ options })
        .where(and(eq(taskSteps.taskId, taskId), eq(taskSteps.position, position))),
    policyNamed: async (name) => {
      const found = await db.select().from(policies).where(eq(policies.name, name));
      return found.find(({ kind }) => kind === 'grant')!.id;
    },
  };
}

/** Nobody decided their own task, and no access came from the hands of its own people alone. */
export async function expectNoOwnDecision({ db }: Scene): Promise<void> {
  const decided = await db
    .select({ task: tasks, step: taskSteps })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId));
  const isOwn = ({ task, step }: (typeof decided)[number]) =>
    [task.personId, task.requesterId, task.openedBy].includes(step.decidedBy ?? -1);
  const approvals = decided.filter(({ step }) => step.state === 'approved');
  expect(approvals.filter(isOwn)).toEqual([]);
  const provisioned = decided.filter(({ step }) => step.state === 'provisioned');
  const alone = provisioned.filter(
    (one) => isOwn(one) && approvals.every(({ task }) => task.id !== one.task.id),
  );
  expect(alone).toEqual([]);
  const held = await db.select().from(grants).where(eq(grants.source, 'task'));
  expect(held.every(({ taskId }) => taskId !== null)).toBe(true);
}
