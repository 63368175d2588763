import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { cancelRequest, decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { proposeRevocation } from '../../../src/governance/requests/revoke-access.ts';
import { readDetails } from '../../../src/governance/task-cards/details.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { applicationOwners, entitlements, grants } from '../../../src/store/schema/access.ts';
import { delegations } from '../../../src/store/schema/delegations.ts';
import {
  accessProfiles,
  enrollments,
  miningRuns,
  outliers,
  profileEntitlements,
  suggestionEntitlements,
  suggestions,
} from '../../../src/store/schema/mining.ts';
import { people } from '../../../src/store/schema/people.ts';
import { policies, taskSteps } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const day = 86_400_000;

describe.each(databases())('the details of a task on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async (entitlementId = company.admin) =>
    askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId,
      reason: 'on call',
    });
  const read = async (name: keyof SmallCompany['ids'], taskId: number) =>
    (await readDetails(await company.as(name), taskId)).fill();
  const decide = async (name: keyof SmallCompany['ids'], taskId: number, positive: boolean) => {
    const { active } = (await loadTaskView(company.system, taskId))!;
    const ref = { stepId: active!.id, version: active!.version };
    await decideStep(await company.as(name), ref, { positive, reason: 'not in Sales' });
  };
  const sentences = async (name: keyof SmallCompany['ids'], taskId: number) =>
    (await read(name, taskId)).insights!.map(({ sentence }) => sentence);
  const planOf = async (taskId: number) =>
    (await read('Dana', taskId)).plan.map(({ line, notes }) =>
      [line.text, ...notes.map((note) => note.text)].join(' | '),
    );

  it('show the requester, the time, the reason and the person before the insights are ready', async () => {
    const task = await ask();
    const { known } = await readDetails(await company.as('Bo'), task.id);
    expect(known.asked).toEqual({ text: 'Requested by Ana', at: noon, quote: 'on call' });
    expect(known.facts).toContainEqual(['Person', 'Ana (ana@acme.example), Engineer, Engineering']);
    expect(known.facts).toContainEqual(['Manager', 'Bo']);
    expect(known.facts).toContainEqual(['Account', 'ana@acme.example on GitHub']);
    expect(known.facts).toContainEqual(['Resource', 'GitHub · Admin']);
    expect(known.facts).toContainEqual(['Current access', 'None']);
    expect(known.instructions).toContain('Open the organization');
    expect(known.insights).toBeUndefined();
  });

  it('count the peers, list warnings first, and recommend without a decision', async () => {
    const task = await ask();
    const { insights, recommendation } = await read('Bo', task.id);
    expect(insights?.[0]).toEqual({ severity: 'warning', sentence: 'High risk.' });
    expect(insights?.map(({ sentence }) => sentence)).toContain(
      '1 of 5 in Engineering with the title Engineer has it (20 %).',
    );
    expect(recommendation).toBe(
      'Recommendation: review carefully — high risk; 1 of 5 in Engineering with the title Engineer has it (20 %).',
    );
    expect((await loadTaskView(company.system, task.id))?.task.state).toBe('open');
  });

  it('hide the recommendation from the requester', async () => {
    const task = await ask();
    expect((await read('Ana', task.id)).recommendation).toBeUndefined();
  });

  it('compare only with cohorts of five people or more', async () => {
    await db.update(people).set({ jobTitle: 'Agent' }).where(eq(people.name, 'Lee'));
    const task = await ask();
    const comparisons = (await sentences('Bo', task.id)).filter((one) => one.includes(' in '));
    expect(comparisons).toEqual(['1 of 5 in Engineering has it (20 %).']);
  });

  it('list earlier decisions and grants of the same access', async () => {
    const first = await ask();
    await decide('Bo', first.id, false);
    const second = await ask();
    await decide('Bo', second.id, true);
    await cancelRequest(await company.as('Ana'), second.id);
    await db.insert(grants).values({
      personId: company.ids.Ana,
      entitlementId: company.admin,
      source: 'connector',
      connector: 'csv',
      firstSeenAt: new Date(noon.getTime() - 90 * day),
      closedAt: new Date(noon.getTime() - 30 * day),
    });
    const task = await ask();
    expect(await sentences('Bo', task.id)).toEqual(
      expect.arrayContaining([
        'Denied by Bo on 21 Nov 2026: “not in Sales”',
        'Approved once before.',
        'Ana had it from 23 Aug 2026 to 22 Oct 2026: a sync no longer saw it.',
      ]),
    );
  });

  it('name the profiles that include it, and whether the person is enrolled', async () => {
    const [profile] = await db
      .insert(accessProfiles)
      .values({ name: 'On call', nameKey: 'on call', createdAt: noon })
      .returning();
    await db
      .insert(profileEntitlements)
      .values({ profileId: profile!.id, entitlementId: company.user });
    const task = await ask(company.user);
    expect(await sentences('Bo', task.id)).toContain(
      'The access profile "On call" includes it; Ana is not enrolled.',
    );
    await db
      .insert(enrollments)
      .values({ profileId: profile!.id, personId: company.ids.Ana, enrolledAt: noon });
    expect((await read('Bo', task.id)).recommendation).toBe(
      'Recommendation: approve — the access profile "On call" includes it; not high risk.',
    );
  });

  it('name the suggestion and the outlier that role mining found', async () => {
    const [run] = await db
      .insert(miningRuns)
      .values({ kind: 'all', trigger: 'schedule', state: 'completed', queuedAt: noon })
      .returning();
    const [suggestion] = await db
      .insert(suggestions)
      .values({
        fingerprint: 'x',
        origin: 'run',
        state: 'new',
        cohort: { department: ['Engineering'] },
        people: 48,
        peopleWithAll: 47,
        gaining: 1,
        explainedGrants: 47,
        score: 1,
        lowerBoundPercent: 89,
        createdAt: noon,
      })
      .returning();
    await db.insert(suggestionEntitlements).values({
      suggestionId: suggestion!.id,
      entitlementId: company.admin,
      holders: 47,
      confidencePercent: 98,
      lowerBoundPercent: 89,
      lift: 9,
    });
    const cohort = { department: ['Engineering'] };
    const pair = { personId: company.ids.Cy, entitlementId: company.admin };
    await db.insert(outliers).values({ ...pair, cohort, people: 41, holders: 1, runId: run!.id });
    const task = await proposeRevocation(await company.as('Kim'), { ...pair, reason: 'moved' });
    expect(await sentences('Bo', task.id)).toEqual(
      expect.arrayContaining([
        'Part of the suggestion "Engineering" (47 of 48 have it).',
        'Unusual access: 1 of 41 in department Engineering has it.',
      ]),
    );
  });

  it('show the last use of access to revoke, and recommend in the words of the buttons', async () => {
    await db.update(grants).set({ lastUsedAt: new Date(noon.getTime() - 112 * day) });
    const task = await proposeRevocation(await company.as('Kim'), {
      personId: company.ids.Cy,
      entitlementId: company.admin,
      reason: 'moved',
    });
    const { insights, recommendation } = await read('Bo', task.id);
    expect(insights).toContainEqual({
      severity: 'notice',
      sentence: 'Held since 21 Nov 2026; last used 112 days ago.',
    });
    expect(recommendation).toContain('Recommendation: confirm — ');
    expect(recommendation).toContain('last used 112 days ago');
  });

  it('warn about an entitlement that no longer exists', async () => {
    const task = await ask(company.user);
    await db.update(entitlements).set({ closedAt: noon });
    const { insights, recommendation } = await read('Bo', task.id);
    expect(insights?.[0]?.sentence).toBe('GitHub · User no longer exists.');
    expect(recommendation).toContain('deny — GitHub · User no longer exists');
  });

  it('show the plan in order, with delegates and notes', async () => {
    await db.insert(delegations).values({
      personId: company.ids.Bo,
      delegateId: company.ids.Cy,
      startsAt: noon,
      createdAt: noon,
    });
    const task = await ask();
    expect(await planOf(task.id)).toEqual([
      "Now: Approval, with Cy for Bo (Ana's manager)",
      'Next: Provisioning, by Lee (a provisioner of GitHub)',
    ]);
    await db.update(taskSteps).set({ escalatedAt: noon }).where(eq(taskSteps.position, 1));
    expect((await planOf(task.id))[0]).toContain('Nobody had decided');
    await decide('Cy', task.id, true);
    expect((await planOf(task.id)).map((line) => line.split(' | ')[0])).toEqual([
      'Done: Approval. Approved by Cy for Bo',
      'Now: Provisioning, with Lee (a provisioner of GitHub)',
    ]);
    expect((await read('Bo', task.id)).number).toBe(`#${task.id}`);
  });

  it('name the people who agreed', async () => {
    const [two] = await db.select().from(policies).where(eq(policies.name, 'Two approvals'));
    await db.update(entitlements).set({ policyId: two!.id });
    await db
      .update(applicationOwners)
      .set({ kind: 'owner' })
      .where(eq(applicationOwners.kind, 'provisioner'));
    const task = await ask(company.user);
    await decide('Bo', task.id, true);
    await db
      .update(taskSteps)
      .set({ options: { quorum: 2 } })
      .where(eq(taskSteps.position, 2));
    await decide('Kim', task.id, true);
    const [first, second] = await planOf(task.id);
    expect(first).toBe('Done: Approval. Approved by Bo (manager)');
    expect(second).toBe(
      'Now: Approval, with Kim (an owner of GitHub) or Lee (an owner of GitHub) | 1 of 2 required agreements: Kim',
    );
  });

  it('are only for the people a task concerns and for Super Admins', async () => {
    const task = await ask();
    await expect(read('Cy', task.id)).rejects.toThrow(
      'Only people whom a task concerns and Super Admins can see it and comment on it.',
    );
    expect((await read('Dana', task.id)).title).toContain('Ana asks for GitHub · Admin');
  });
});
