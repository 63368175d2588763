import { and, asc, eq, isNull } from 'drizzle-orm';
import { inTransaction } from '../../../src/governance/context.ts';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { reconcileRoleRules } from '../../../src/governance/role-rules/reconcile.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import type { Db } from '../../../src/store/db.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { rulePolicies, singleRoleRules } from '../../../src/store/schema/rules.ts';
import { type TaskKind, tasks } from '../../../src/store/schema/tasks.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';

/** A number of days after noon. */
export const day = (days: number) => new Date(noon.getTime() + days * 86_400_000);

/**
 * Adds a rule policy with a grace period of 10 days to a small company. Returns the steps of tests
 * about role rules.
 */
export async function setUpRoleRules(db: Db, company: SmallCompany) {
  await db.update(people).set({ createdAt: day(-30) });
  const [policy] = await db
    .insert(rulePolicies)
    .values({ name: 'Mining', graceDays: 10, createdAt: noon })
    .returning();
  const rulePolicyId = policy!.id;
  const listOpenTasks = async (kind: TaskKind = 'grant') =>
    db
      .select()
      .from(tasks)
      .where(and(eq(tasks.kind, kind), eq(tasks.state, 'open')))
      .orderBy(asc(tasks.personId), asc(tasks.id));
  const stepOf = async (taskId: number) => {
    const { active } = (await loadTaskView(company.system, taskId))!;
    return { stepId: active!.id, version: active!.version };
  };
  return {
    rulePolicyId,
    /** Adds a rule in force: everybody in Engineering gets GitHub · User. */
    addRule: async (change: Partial<typeof singleRoleRules.$inferInsert> = {}) => {
      const [rule] = await db
        .insert(singleRoleRules)
        .values({
          rulePolicyId,
          origin: 'generated',
          entitlementId: company.user,
          criteria: [{ dimension: 'department', value: 'Engineering' }],
          ruleType: 'required',
          figures: {
            matched: 60,
            truePositives: 58,
            falsePositives: 2,
            falseNegatives: 0,
            precisionPercent: 99,
            falsePositivePercent: 3,
          },
          createdBy: company.ids.Dana,
          appliedAt: noon,
          ...change,
        })
        .returning();
      return rule!.id;
    },
    readRule: async (id: number) =>
      (await db.select().from(singleRoleRules).where(eq(singleRoleRules.id, id)))[0]!,
    endRule: (id: number, now = noon) =>
      db.update(singleRoleRules).set({ endedAt: now }).where(eq(singleRoleRules.id, id)),
    reconcile: (now = noon) =>
      inTransaction({ ...company.system, now }, (ctx) => reconcileRoleRules(ctx)),
    move: (name: keyof SmallCompany['ids'], department: string) =>
      db.update(people).set({ department }).where(eq(people.id, company.ids[name])),
    listOpenTasks,
    listSubjects: async () => (await listOpenTasks()).map((task) => nameOf(company, task.personId)),
    decide: async (
      taskId: number,
      name: keyof SmallCompany['ids'],
      positive: boolean,
      now = noon,
    ) => {
      const decision = { positive, reason: 'as it is' };
      await decideStep(await company.as(name, now), await stepOf(taskId), decision);
    },
    /** Provisions all open tasks. */
    provisionAll: async () => {
      for (const task of await listOpenTasks()) {
        const decision = { positive: true, reason: '' };
        await decideStep(await company.as('Lee'), await stepOf(task.id), decision).catch(
          // Lee cannot provision for himself.
          async () => decideStep(await company.as('Kim'), await stepOf(task.id), decision),
        );
      }
    },
    /** Live grants of GitHub · User by the name of the person. */
    loadGrants: async () => {
      const live = await db
        .select()
        .from(grants)
        .where(and(isNull(grants.closedAt), eq(grants.entitlementId, company.user)));
      return new Map(live.map((grant) => [nameOf(company, grant.personId), grant]));
    },
    listAudits: (verb: string) =>
      db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(asc(auditLog.id)),
    listMessages: (kind: typeof outbox.$inferSelect.kind) =>
      db.select().from(outbox).where(eq(outbox.kind, kind)).orderBy(asc(outbox.id)),
  };
}

export type RoleRuleCompany = Awaited<ReturnType<typeof setUpRoleRules>>;

function nameOf(company: SmallCompany, personId: number): string {
  return Object.entries(company.ids).find(([, id]) => id === personId)?.[0] ?? `#${personId}`;
}
