import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { previewRule, saveRule } from '../../../src/governance/profiles/membership-rule.ts';
import { runNextAnalysis } from '../../../src/governance/role-mining/runs.ts';
import { listSuggestions } from '../../../src/governance/role-mining/suggestions.ts';
import { createRoleRule } from '../../../src/governance/role-rules/handwritten-rules.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { listEnrollments } from '../../../src/store/profiles/enrollments.ts';
import { insertProfile } from '../../../src/store/profiles/profiles.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { people } from '../../../src/store/schema/people.ts';
import { rulePolicies } from '../../../src/store/schema/rules.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { miner } from '../../support/miner.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { sourceOf } from '../sync/sync-source.ts';

describe.each(databases())('attributes that people edit themselves, on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let rulePolicyId: number;
  let profileId: number;

  beforeEach(async () => {
    // Bo is an SRE by the HR system.
    await db.update(people).set({ jobTitle: 'SRE' }).where(eq(people.name, 'Bo'));
    const [policy] = await db
      .insert(rulePolicies)
      .values({ name: 'Rules', graceDays: 10, createdAt: noon })
      .returning();
    rulePolicyId = policy!.id;
    const profile = { name: 'SREs', nameKey: 'sres', createdAt: noon };
    profileId = (await insertProfile(db, profile, [company.admin]))!.id;
  });

  /** Imports people from Slack with these titles. */
  const importSlack = (titles: Record<string, string>) => {
    const members = Object.entries(titles).map(([name, jobTitle]) => ({
      id: `U${name}`,
      name,
      email: `${name.toLowerCase()}@acme.example`,
      jobTitle,
    }));
    const source = { ...sourceOf({ people: members }, 'slack'), hasPeopleOnly: true };
    return syncSource(company.system, source);
  };
  const addRule = async (jobTitle: string) =>
    createRoleRule(await company.as('Dana'), {
      rulePolicyId,
      entitlementId: company.admin,
      criteria: [{ dimension: 'job_title', value: jobTitle }],
      ruleType: 'required',
      priority: 0,
    });
  const addMembershipRule = async (jobTitle: string) =>
    saveRule(await company.as('Dana'), {
      profileId,
      version: 1,
      rule: { job_title: [jobTitle] },
      excludedIds: [],
    });
  const listSubjects = async () => {
    const found = await db
      .select({ name: people.name })
      .from(tasks)
      .innerJoin(people, eq(people.id, tasks.personId))
      .where(eq(tasks.state, 'open'));
    return found.map(({ name }) => name);
  };
  const listMemberIds = async () =>
    (await listEnrollments(db, profileId)).map(({ personId }) => personId);

  it('match no required rule and no membership rule', async () => {
    await addRule('SRE');
    await addMembershipRule('SRE');
    await importSlack({ Mia: 'SRE', Max: 'Cook' });
    // Max writes another title in his Slack profile.
    await importSlack({ Mia: 'SRE', Max: 'SRE' });
    expect(await listSubjects()).toEqual(['Bo']);
    expect(await listMemberIds()).toEqual([company.ids.Bo]);
  });

  it('count as soon as another source brings the person, and its values replace them', async () => {
    await addRule('SRE');
    await importSlack({ Mia: 'SRE', Max: 'SRE' });
    const brought = { email: 'mia@acme.example', name: 'Mia Holm', jobTitle: 'SRE' };
    await syncSource(company.system, sourceOf({ people: [brought] }, 'hr'));
    expect((await listSubjects()).sort()).toEqual(['Bo', 'Mia Holm']);
    const [mia] = await db.select().from(people).where(eq(people.name, 'Mia Holm'));
    expect(mia).toMatchObject({ connector: 'hr', externalId: 'UMia' });
  });

  it('are refused in a rule with the reason', async () => {
    await importSlack({ Mia: 'Pilot', Max: 'Pilot' });
    const reason =
      'Only Slack profiles have this: 2 people. People edit them, so no rule uses them.';
    await expect(addRule('Pilot')).rejects.toThrow(reason);
    await expect(addMembershipRule('Pilot')).rejects.toThrow(reason);
    const preview = await previewRule(await company.as('Dana'), {
      profileId,
      version: 1,
      rule: { job_title: ['SRE'] },
      excludedIds: [],
    });
    expect(preview.matching).toBe(1);
  });

  it('are named in a suggestion that rests on them', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `S${at}`);
    await importSlack(Object.fromEntries(names.map((name) => [name, 'Pilot'])));
    const pilots = await db.select().from(people).where(eq(people.jobTitle, 'Pilot'));
    await db.insert(grants).values(
      pilots.map(({ id }) => ({
        personId: id,
        entitlementId: company.user,
        source: 'connector' as const,
        connector: 'csv',
        firstSeenAt: noon,
      })),
    );
    await runNextAnalysis(company.system, miner);
    const { suggestions } = await listSuggestions(await company.as('Dana'));
    expect(suggestions.map(({ words, trust }) => [words, trust])).toEqual([
      ['title Pilot', 'based on Slack profiles (8 of 8 people)'],
    ]);
  });
});
