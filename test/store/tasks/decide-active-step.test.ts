import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { stepAssignees } from '../../../src/store/schema/tasks.ts';
import { agreeToStep, decideActiveStep } from '../../../src/store/tasks/task-changes.ts';
import { findSnapshot, type TaskSnapshot } from '../../../src/store/tasks/task-snapshot.ts';
import { findStep } from '../../../src/store/tasks/tasks.ts';
import { databases, served } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const approval = (decidedBy: number) => ({
  state: 'approved' as const,
  decidedBy,
  decidedVia: 'slack' as const,
  decidedAt: noon,
  reason: null,
});

async function openTask(company: SmallCompany) {
  const { Ana } = company.ids;
  const request = { personId: Ana, entitlementId: company.user, reason: 'on call' };
  const { id } = await askFor(await company.as('Ana'), request);
  const snapshot = (await findSnapshot(company.system.db, { taskId: id }))!;
  const [active, next] = snapshot.steps.map(({ id: stepId, version }) => ({ stepId, version }));
  return { snapshot, active: active!, next: next! };
}

const stepOf = ({ steps }: TaskSnapshot, { stepId }: { stepId: number }) =>
  steps.find(({ id }) => id === stepId);

describe.each(databases())('deciding a step on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  it('succeeds once, and makes every card of the step outdated', async () => {
    const { snapshot, active } = await openTask(company);
    const decide = (by: number) => decideActiveStep(db, snapshot, { ...active, ...approval(by) });
    const decided = (await decide(company.ids.Bo))!;
    const expected = { ...approval(company.ids.Bo), version: active.version + 1 };
    expect(stepOf(decided, active)).toMatchObject(expected);
    expect(await decide(company.ids.Kim)).toBeUndefined();
    expect((await findStep(db, active.stepId))?.decidedBy).toBe(company.ids.Bo);
  });

  it('is refused if the card is outdated or the step is not active', async () => {
    const { snapshot, active, next } = await openTask(company);
    const decide = (step: typeof active) =>
      decideActiveStep(db, snapshot, { ...step, ...approval(company.ids.Bo) });
    expect(await decide({ ...active, version: active.version - 1 })).toBeUndefined();
    expect(await decide(next)).toBeUndefined();
    expect((await findStep(db, active.stepId))?.state).toBe('active');
  });

  it('has one winner among ten concurrent decisions', commits, async () => {
    const { Bo, Kim } = company.ids;
    const { snapshot, active } = await openTask(company);
    const decisions = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        decideActiveStep(db, snapshot, { ...active, ...approval(at % 2 ? Bo : Kim) }),
      ),
    );
    const [winner, ...others] = decisions.filter((decided) => decided !== undefined);
    expect(others).toEqual([]);
    expect(await findStep(db, active.stepId)).toEqual(stepOf(winner!, active));
  });

  it('stores each of three concurrent agreements', commits, async () => {
    const { Bo, Kim, Cy } = company.ids;
    const { active } = await openTask(company);
    const { stepId } = active;
    await db
      .insert(stepAssignees)
      .values([Kim, Cy].map((personId) => ({ stepId, personId, why: 'owner' })));
    const snapshot = (await findSnapshot(db, { stepId }))!;
    const agree = (personId: number, version: number) =>
      agreeToStep(db, snapshot, { stepId, version, personId, at: noon });
    await Promise.all([Bo, Kim, Cy].map((personId) => agree(personId, active.version)));
    const rows = await db.select().from(stepAssignees).where(eq(stepAssignees.stepId, stepId));
    expect(rows.map(({ agreedAt }) => agreedAt)).toEqual([noon, noon, noon]);
    expect(await agree(Bo, active.version - 1)).toBeUndefined();
  });
});

describe.each(served())('two connections of $name', commits, ({ open }) => {
  const { db, company } = useCompany(open);

  it.each([
    ['fails when that commits', true],
    ['succeeds when that rolls back', false],
  ])('a decision waits for an uncommitted one, and %s', async (_, isCommitted) => {
    const { Bo, Kim } = company.ids;
    const { snapshot, active } = await openTask(company);
    const decide = (on: typeof db, by: number) =>
      decideActiveStep(on, snapshot, { ...active, ...approval(by) });
    let late: ReturnType<typeof decideActiveStep> | undefined;
    const first = db.transaction(async (tx) => {
      expect(await decide(tx as typeof db, Bo)).toBeDefined();
      late = decide(db, Kim);
      if (!isCommitted) throw new Error('rolled back');
    });
    await first.catch((error) => expect(error.message).toBe('rolled back'));
    expect((await late) === undefined).toBe(isCommitted);
    const decidedBy = (await findStep(db, active.stepId))?.decidedBy;
    expect(decidedBy).toBe(isCommitted ? Bo : Kim);
  });
});
