import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/governance/context.ts';
import { decideMany } from '../../../src/governance/decisions/bulk-decide.ts';
import {
  cancelRequest,
  decideStep,
  prepareDecision,
} from '../../../src/governance/decisions/decide-step.ts';
import { intervene } from '../../../src/governance/decisions/intervene.ts';
import {
  prepareReassignment,
  reassignStep,
} from '../../../src/governance/decisions/reassign-step.ts';
import { createTaskLink } from '../../../src/governance/email-links/action-links.ts';
import { decideByLink, reassignByLink } from '../../../src/governance/email-links/task-page.ts';
import { escalateDueSteps } from '../../../src/governance/reminders/escalations.ts';
import { requestExtension } from '../../../src/governance/requests/extend-access.ts';
import { closeObsoleteTasks } from '../../../src/governance/tasks/close-obsolete.ts';
import { moveStepsOn } from '../../../src/governance/tasks/move-on.ts';
import { openTasks } from '../../../src/governance/tasks/open-tasks.ts';
import type { Db } from '../../../src/store/db.ts';
import { entitlements, grants } from '../../../src/store/schema/access.ts';
import { people, slackIdentities } from '../../../src/store/schema/people.ts';
import { policies, stepAssignees, taskSteps } from '../../../src/store/schema/tasks.ts';
import { listSteps } from '../../../src/store/tasks/tasks.ts';
import { openLogged } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { StatementLog } from '../../support/statement-log.ts';
import { useCompany } from '../../support/use-database.ts';

type Name = keyof SmallCompany['ids'];

/** Prepares a scenario before the count begins. Returns the decision to count. */
type Scenario = (scene: Scene) => Promise<() => Promise<unknown>>;

interface Scene {
  company: SmallCompany;
  db: Db;
  /** The request of Ana; Bo approves it and Lee provisions it. */
  taskId: number;
  active(taskId?: number): Promise<{ stepId: number; version: number }>;
  decide(name: Name, positive?: boolean): Promise<unknown>;
  leave(name: Name): Promise<unknown>;
}

const later = new Date(noon.getTime() + 100 * 3_600_000);

/** The most statements and reads of each decision. A change that makes one cheaper lowers its numbers here. */
const scenarios: Record<string, { max: { statements: number; reads: number }; prepare: Scenario }> =
  {
    'an approval that starts the next step': {
      max: { statements: 27, reads: 20 },
      prepare: async ({ company, active }) => {
        const [bo, ref] = [await company.as('Bo'), await active()];
        return () => decideStep(bo, ref, { positive: true });
      },
    },
    'an approval with a comment in bulk': {
      max: { statements: 31, reads: 22 },
      prepare: async ({ company, active }) => {
        const [bo, ref] = [await company.as('Bo'), await active()];
        return () => decideMany(bo, { steps: [ref], positive: true, comment: 'fine' });
      },
    },
    'an approval by a link in an e-mail': {
      max: { statements: 32, reads: 24 },
      prepare: async ({ company, active, taskId }) => {
        const { version, stepId } = await active();
        const about = { personId: company.ids.Bo, taskId, stepId };
        const token = await createTaskLink(company.system, about);
        return () => decideByLink(company.system, token, { version, positive: true, reason: '' });
      },
    },
    'the first of two agreements': {
      max: { statements: 16, reads: 12 },
      prepare: async ({ company, active, db }) => {
        const [bo, ref] = [await company.as('Bo'), await active()];
        const { stepId } = ref;
        await db.update(taskSteps).set({ options: { quorum: 2 } });
        await db
          .insert(stepAssignees)
          .values({ stepId, personId: company.ids.Kim, why: 'an owner of GitHub' });
        return () => decideStep(bo, ref, { positive: true });
      },
    },
    'a provisioning that ends the request': {
      max: { statements: 23, reads: 15 },
      prepare: async ({ company, active, decide }) => {
        await decide('Bo');
        const [lee, ref] = [await company.as('Lee'), await active()];
        return () => decideStep(lee, ref, { positive: true });
      },
    },
    'a provisioned extension that closes a revocation': {
      max: { statements: 33, reads: 19 },
      prepare: async ({ company, active, db }) => {
        const { ids, user: entitlementId, system } = company;
        const pair = { personId: ids.Ana, entitlementId };
        await db.insert(grants).values({
          ...pair,
          source: 'connector',
          firstSeenAt: noon,
          expiresAt: new Date('2026-11-22T23:59:59Z'),
        });
        const until = new Date('2026-12-24T23:59:59Z');
        const { id } = await requestExtension(await company.as('Ana'), {
          entitlementId,
          until,
          reason: 'so',
        });
        await inTransaction(system, (ctx) =>
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
        await decideStep(await company.as('Bo'), await active(id), { positive: true });
        const [lee, ref] = [await company.as('Lee'), await active(id)];
        return () => decideStep(lee, ref, { positive: true });
      },
    },
    'a denial': {
      max: { statements: 22, reads: 15 },
      prepare: async ({ company, active }) => {
        const [bo, ref] = [await company.as('Bo'), await active()];
        return () => decideStep(bo, ref, { positive: false, reason: 'so' });
      },
    },
    'a decision after another one': {
      max: { statements: 3, reads: 3 },
      prepare: async ({ company, active, decide }) => {
        const [bo, ref] = [await company.as('Bo'), await active()];
        await decide('Bo');
        return () => decideStep(bo, ref, { positive: true }).catch(() => {});
      },
    },
    'a form for the reason of a decision': {
      max: { statements: 9, reads: 9 },
      prepare: async ({ company, active }) => {
        const [bo, ref] = [await company.as('Bo'), await active()];
        return () => prepareDecision(bo, ref);
      },
    },
    'a reassignment': {
      max: { statements: 19, reads: 13 },
      prepare: async ({ company, active }) => {
        const [bo, ref] = [await company.as('Bo'), await active()];
        return () => reassignStep(bo, ref, { personId: company.ids.Kim, reason: 'so' });
      },
    },
    'a reassignment by a link in an e-mail': {
      max: { statements: 28, reads: 22 },
      prepare: async ({ company, active, taskId, db }) => {
        await db.update(entitlements).set({ risk: 'low' });
        const { version, stepId } = await active();
        const about = { personId: company.ids.Bo, taskId, stepId };
        const token = await createTaskLink(company.system, about);
        const to = { version, personId: company.ids.Kim, reason: 'so' };
        return () => reassignByLink(company.system, token, to);
      },
    },
    'a form for a reassignment': {
      max: { statements: 8, reads: 8 },
      prepare: async ({ company, active }) => {
        const [bo, ref] = [await company.as('Bo'), await active()];
        return () => prepareReassignment(bo, ref);
      },
    },
    'a cancellation by the requester': {
      max: { statements: 13, reads: 8 },
      prepare: async ({ company, taskId }) => {
        const ana = await company.as('Ana');
        return () => cancelRequest(ana, taskId);
      },
    },
    'a cancellation by a Super Admin': {
      max: { statements: 23, reads: 15 },
      prepare: async ({ company, active }) => {
        const [dana, ref] = [await company.as('Dana'), await active()];
        return () => intervene(dana, ref, { action: 'cancel', reason: 'so' });
      },
    },
    'a skip by a Super Admin': {
      max: { statements: 30, reads: 21 },
      prepare: async ({ company, active }) => {
        const [dana, ref] = [await company.as('Dana'), await active()];
        return () => intervene(dana, ref, { action: 'skip', reason: 'so' });
      },
    },
    'a restart by a Super Admin': {
      max: { statements: 28, reads: 18 },
      prepare: async ({ company, active, decide }) => {
        const [dana, ref] = [await company.as('Dana'), await active()];
        await decide('Bo', false);
        return () => intervene(dana, ref, { action: 'restart', reason: 'so' });
      },
    },
    'a request that a sync closes because the person left': {
      max: { statements: 18, reads: 12 },
      prepare: async ({ company, decide, leave }) => {
        await decide('Bo');
        await leave('Ana');
        return () => inTransaction(company.system, closeObsoleteTasks);
      },
    },
    'a step that a sync reassigns because the approver left': {
      max: { statements: 27, reads: 21 },
      prepare: async ({ company, leave }) => {
        await leave('Bo');
        return () => inTransaction(company.system, moveStepsOn);
      },
    },
    'an escalation': {
      max: { statements: 28, reads: 23 },
      prepare: async ({ company: { system } }) => {
        return () => escalateDueSteps({ ...system, now: later }, 'UTC');
      },
    },
  };

/** Both databases run the same statements, so the embedded database is enough. */
describe('the statements of one decision', () => {
  const log = new StatementLog();
  const { db, company } = useCompany(() => openLogged(log));

  it.each(Object.entries(scenarios))(
    '%s stays within its statements and reads, and repeats no read',
    async (_, { max, prepare }) => {
      const decide = await prepare(await makeScene(db, company));
      log.reset();
      await decide();
      const { statements, reads } = log.counts;
      expect(statements).toBeLessThanOrEqual(max.statements);
      expect(reads).toBeLessThanOrEqual(max.reads);
      expect(log.repeatedReads).toEqual([]);
    },
  );
});

/** Sets up a company in which all people have opened App Home, because a redraw of Home costs statements. */
async function makeScene(db: Db, company: SmallCompany): Promise<Scene> {
  const { ids, admin } = company;
  await db.insert(slackIdentities).values(
    Object.entries(ids).map(([name, personId]) => ({
      personId,
      teamId: 'T1',
      userId: `U${name}`,
      state: 'linked' as const,
      homeOpenedAt: noon,
    })),
  );
  const [policy] = await db.select().from(policies).where(eq(policies.name, 'One approval'));
  await db.update(entitlements).set({ policyId: policy!.id, risk: 'low' });
  const task = await askFor(await company.as('Ana'), {
    personId: ids.Ana,
    entitlementId: admin,
    reason: 'on call',
  });
  const active = async (taskId = task.id) => {
    const step = (await listSteps(db, taskId)).find(({ state }) => state === 'active')!;
    return { stepId: step.id, version: step.version };
  };
  return {
    company,
    db,
    taskId: task.id,
    active,
    decide: async (name, positive = true) =>
      decideStep(await company.as(name), await active(), { positive, reason: 'so' }),
    leave: (name) => db.update(people).set({ active: false }).where(eq(people.id, ids[name])),
  };
}
