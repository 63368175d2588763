import { and, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { stepAssignees } from '../../../src/store/schema/tasks.ts';
import {
  agreeToStep,
  decideActiveStep,
  findStep,
  listSteps,
} from '../../../src/store/tasks/tasks.ts';
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

async function openSteps(company: SmallCompany) {
  const { Ana } = company.ids;
  const wanted = { personId: Ana, entitlementId: company.user, reason: 'on call' };
  const { id } = await askFor(await company.as('Ana'), wanted);
  const steps = await listSteps(company.system.db, id);
  return steps.map(({ id: stepId, version }) => ({ stepId, version }));
}

describe.each(databases())('deciding a step on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  it('is done once, and makes every card of it out of date', async () => {
    const [active] = await openSteps(company);
    const decided = await decideActiveStep(db, active!, approval(company.ids.Bo));
    expect(decided).toMatchObject({ ...approval(company.ids.Bo), version: active!.version + 1 });
    expect(await decideActiveStep(db, active!, approval(company.ids.Kim))).toBeUndefined();
    expect((await findStep(db, active!.stepId))?.decidedBy).toBe(company.ids.Bo);
  });

  it('is refused where the card is out of date, and where the step is not active', async () => {
    const [active, next] = await openSteps(company);
    const old = { ...active!, version: active!.version - 1 };
    expect(await decideActiveStep(db, old, approval(company.ids.Bo))).toBeUndefined();
    expect(await decideActiveStep(db, next!, approval(company.ids.Bo))).toBeUndefined();
    expect((await findStep(db, active!.stepId))?.state).toBe('active');
  });

  it('has one winner among ten at once', commits, async () => {
    const { Bo, Kim } = company.ids;
    const [active] = await openSteps(company);
    const decisions = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        decideActiveStep(db, active!, approval(at % 2 ? Bo : Kim)),
      ),
    );
    const winners = decisions.filter((one) => one !== undefined);
    expect(winners).toHaveLength(1);
    expect(await findStep(db, active!.stepId)).toEqual(winners[0]);
  });

  it('counts those who agree at once one after the other', commits, async () => {
    const { Bo, Kim, Cy } = company.ids;
    const [active] = await openSteps(company);
    const assignees = [Kim, Cy].map((personId) => ({
      stepId: active!.stepId,
      personId,
      why: 'owner',
    }));
    await db.insert(stepAssignees).values(assignees);
    const counts = await Promise.all(
      [Bo, Kim, Cy].map((personId) =>
        db.transaction((tx) => agreeToStep(tx as typeof db, active!, personId, noon)),
      ),
    );
    expect(counts.sort()).toEqual([1, 2, 3]);
    const ofBo = and(eq(stepAssignees.stepId, active!.stepId), eq(stepAssignees.personId, Bo));
    const [agreed] = await db.select().from(stepAssignees).where(ofBo);
    expect(agreed?.agreedAt).toEqual(noon);
    const old = { ...active!, version: active!.version - 1 };
    expect(await agreeToStep(db, old, Bo, noon)).toBeUndefined();
  });
});

describe.each(served())('two connections of $name', commits, ({ open }) => {
  const { db, company } = useCompany(open);

  it.each([
    ['lost when that is committed', true],
    ['made when that is undone', false],
  ])('a decision waits for one before it, and is %s', async (_, isCommitted) => {
    const { Bo, Kim } = company.ids;
    const [active] = await openSteps(company);
    let late: ReturnType<typeof decideActiveStep> | undefined;
    const first = db.transaction(async (tx) => {
      expect(await decideActiveStep(tx as typeof db, active!, approval(Bo))).toBeDefined();
      late = decideActiveStep(db, active!, approval(Kim));
      if (!isCommitted) throw new Error('undone');
    });
    await first.catch((error) => expect(error.message).toBe('undone'));
    expect((await late) === undefined).toBe(isCommitted);
    const decidedBy = (await findStep(db, active!.stepId))?.decidedBy;
    expect(decidedBy).toBe(isCommitted ? Bo : Kim);
  });
});
