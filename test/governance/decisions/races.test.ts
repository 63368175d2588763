import { asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/errors.ts';
import { type ActorCtx, inTransaction } from '../../../src/governance/context.ts';
import { cancelRequest, decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { intervene } from '../../../src/governance/decisions/intervene.ts';
import { reassignStep } from '../../../src/governance/decisions/reassign-step.ts';
import { requestExtension } from '../../../src/governance/requests/extend-access.ts';
import { openTasks } from '../../../src/governance/tasks/open-tasks.ts';
import type { StepRef } from '../../../src/governance/tasks/step-ref.ts';
import type { Db } from '../../../src/store/db.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { stepAssignees, taskSteps } from '../../../src/store/schema/tasks.ts';
import { findTask, listSteps } from '../../../src/store/tasks/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

type Name = keyof SmallCompany['ids'];

const rounds = 20;
const yes = { positive: true };

describe.each(databases())('decisions at the same moment on $name', commits, ({ open }) => {
  const { db, company } = useCompany(open);

  /** Runs a decision in a transaction of the test, where a deadlock is not retried: the test must see it. */
  const act = async (name: Name, decide: (ctx: ActorCtx) => Promise<unknown>) => {
    const ctx = await company.as(name);
    return () =>
      ctx.db.transaction((transaction) =>
        decide({ ...ctx, db: transaction as unknown as Db, isInTransaction: true }),
      );
  };
  const runAtOnce = async (decisions: (() => Promise<unknown>)[]) => {
    const ended = await Promise.allSettled(decisions.map((decide) => decide()));
    const refused = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    for (const reason of refused) expect(reason).toBeInstanceOf(Refusal);
    return { done: ended.length - refused.length };
  };
  const ask = async () => {
    const { Ana: personId } = company.ids;
    const request = { personId, entitlementId: company.admin, reason: 'on call' };
    return (await askFor(await company.as('Ana'), request)).id;
  };
  const activeOf = async (taskId: number): Promise<StepRef> => {
    const step = (await listSteps(db, taskId)).find(({ state }) => state === 'active')!;
    return { stepId: step.id, version: step.version };
  };
  const verbsOf = async (taskId: number) => {
    const ofTask = eq(auditLog.subject, `task:${taskId}`);
    const rows = await db.select().from(auditLog).where(ofTask).orderBy(asc(auditLog.id));
    return rows.map(({ verb }) => verb);
  };

  it('an approval, a cancellation, a reassignment and a skip of one step each succeed or are refused', async () => {
    for (let round = 0; round < rounds; round++) {
      const taskId = await ask();
      const ref = await activeOf(taskId);
      const to = { personId: company.ids.Kim, reason: 'away' };
      const { done } = await runAtOnce([
        await act('Bo', (ctx) => decideStep(ctx, ref, yes)),
        await act('Ana', (ctx) => cancelRequest(ctx, taskId)),
        await act('Bo', (ctx) => reassignStep(ctx, ref, to)),
        await act('Dana', (ctx) => intervene(ctx, ref, { action: 'skip', reason: 'urgent' })),
      ]);
      expect(done).toBeGreaterThanOrEqual(1);
      const verbs = await verbsOf(taskId);
      const decided = ['step.approved', 'task.skip'].filter((verb) => verbs.includes(verb));
      expect(decided.length).toBeLessThanOrEqual(1);
      // The cancellation always succeeds, since no other decision here ends the task; nothing follows it.
      expect(verbs.at(-1)).toBe('task.cancel');
      expect((await findTask(db, taskId))?.state).toBe('canceled');
      const states = (await listSteps(db, taskId)).map(({ state }) => state);
      expect(states).not.toContain('active');
    }
  });

  it('of two agreements that a step needs, the second decides it', async () => {
    for (let round = 0; round < rounds; round++) {
      const taskId = await ask();
      const ref = await activeOf(taskId);
      await db
        .update(taskSteps)
        .set({ options: { quorum: 2 } })
        .where(eq(taskSteps.id, ref.stepId));
      await db
        .insert(stepAssignees)
        .values({ stepId: ref.stepId, personId: company.ids.Kim, why: 'an owner of GitHub' });
      const { done } = await runAtOnce([
        await act('Bo', (ctx) => decideStep(ctx, ref, yes)),
        await act('Kim', (ctx) => decideStep(ctx, ref, yes)),
      ]);
      expect(done).toBe(2);
      expect(await verbsOf(taskId)).toEqual(['task.open', 'step.agree', 'step.approved']);
      await cancelRequest(await company.as('Ana'), taskId);
    }
  });

  it('an extension that closes a revocation and the decision of that revocation do not deadlock', async () => {
    const { ids, user: entitlementId, system } = company;
    const pair = { personId: ids.Ana, entitlementId };
    for (let round = 0; round < rounds; round++) {
      await db.delete(grants).where(eq(grants.personId, ids.Ana));
      const expiresAt = new Date('2026-11-22T23:59:59Z');
      await db
        .insert(grants)
        .values({ ...pair, source: 'connector', firstSeenAt: noon, expiresAt });
      const until = new Date('2026-12-24T23:59:59Z');
      const ana = await company.as('Ana');
      const extension = await requestExtension(ana, { entitlementId, until, reason: 'so' });
      const { opened } = await inTransaction(system, (ctx) =>
        openTasks(ctx, {
          kind: 'revoke',
          targets: [pair],
          requesterId: null,
          openedBy: null,
          profileId: null,
          reason: null,
          cause: 'expired',
        }),
      );
      const revocation = opened[0]!;
      await decideStep(await company.as('Bo'), await activeOf(extension.id), yes);
      const [provision, confirmation] = [
        await activeOf(extension.id),
        await activeOf(revocation.id),
      ];
      await runAtOnce([
        await act('Lee', (ctx) => decideStep(ctx, provision, yes)),
        await act('Bo', (ctx) => decideStep(ctx, confirmation, yes)),
      ]);
      expect((await findTask(db, extension.id))?.state).toBe('provisioned');
      expect((await findTask(db, revocation.id))?.state).toBe('canceled');
    }
  });
});
