import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/governance/context.ts';
import { addToProfile, createProfile } from '../../../src/governance/profiles/from-suggestion.ts';
import { viewProfile } from '../../../src/governance/profiles/view.ts';
import {
  analyzeFilter,
  listAnalyses,
  readPastFilter,
} from '../../../src/governance/role-mining/cohort-analysis.ts';
import { loadMatrix } from '../../../src/governance/role-mining/load-matrix.ts';
import type { Miner } from '../../../src/governance/role-mining/miner.ts';
import { decideOutlier, listOutliers } from '../../../src/governance/role-mining/outliers.ts';
import { queueAnalysis, runNextAnalysis } from '../../../src/governance/role-mining/runs.ts';
import {
  changeSettings,
  previewSettings,
  readMiningSettings,
  searchMinableEntitlements,
} from '../../../src/governance/role-mining/settings.ts';
import {
  listSuggestions,
  reviewSuggestion,
} from '../../../src/governance/role-mining/suggestions.ts';
import { loadGrantArrays } from '../../../src/store/mining/access-matrix.ts';
import { entitlements, grants, syncRuns } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import type { MiningSettings } from '../../../src/store/schema/mining.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { miner } from '../../support/miner.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const size = 22;

describe.each(databases())('the administration of role mining on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let sellers: number[];

  const toGrant = (personId: number, entitlementId: number, change = {}) => ({
    personId,
    entitlementId,
    source: 'connector' as const,
    connector: 'csv',
    firstSeenAt: noon,
    ...change,
  });

  // Twenty-two people in Sales, half of them in Lyon. All hold GitHub · User; one holds GitHub · Admin, too.
  beforeEach(async () => {
    const added = await db
      .insert(people)
      .values(
        Array.from({ length: size }, (_, at) => ({
          connector: 'csv',
          name: `Seller ${at + 1}`,
          department: 'Sales',
          location: at % 2 ? 'Lyon' : 'Oslo',
        })),
      )
      .returning();
    sellers = added.map((one) => one.id);
    await db.insert(grants).values(sellers.map((id) => toGrant(id, company.user)));
    await db.insert(grants).values(toGrant(sellers[0]!, company.admin));
    await db.insert(syncRuns).values({ connector: 'csv', startedAt: noon, finishedAt: noon });
  });

  const runAnalysis = async () => {
    await inTransaction(company.system, (ctx) => queueAnalysis(ctx, 'import'));
    return runNextAnalysis(company.system, miner);
  };

  it('a stricter threshold is previewed without a change, and counts once it is saved', async () => {
    await runAnalysis();
    const dana = await company.as('Dana');
    const strict = { settings: { minCohortSize: size + 1 }, excludedIds: [] };
    const preview = await previewSettings(dana, miner, strict);
    expect(preview).toMatchObject({ suggestions: 0, currentSuggestions: 1 });
    expect((await listSuggestions(dana)).suggestions).toHaveLength(1);
    await changeSettings(dana, strict);
    expect((await readMiningSettings(dana)).settings).toEqual({ minCohortSize: size + 1 });
    await runNextAnalysis(company.system, miner);
    expect((await listSuggestions(dana)).suggestions).toHaveLength(0);
  });

  it('the preview counts what would be listed, now and then', async () => {
    const wiki = { applicationId: company.github, name: 'Wiki' };
    const [added] = await db.insert(entitlements).values(wiki).returning();
    const lyonSellers = sellers.filter((_, at) => at % 2);
    await db.insert(grants).values(lyonSellers.map((id) => toGrant(id, added!.id)));
    const dana = await company.as('Dana');
    await changeSettings(dana, { settings: { maxSuggestions: 1 }, excludedIds: [] });
    const all = { settings: {}, excludedIds: [] };
    expect(await previewSettings(dana, miner, all)).toMatchObject({
      suggestions: 2,
      currentSuggestions: 1,
    });
  });

  it('any entitlement can be found to be excluded, requestable or not, by Super Admins', async () => {
    await db
      .insert(entitlements)
      .values({ applicationId: company.github, name: 'Badge', requestable: false });
    const found = await searchMinableEntitlements(await company.as('Dana'), 'git badge');
    expect(found.map(({ name }) => name)).toEqual(['Badge']);
    await expect(searchMinableEntitlements(await company.as('Ana'), '')).rejects.toThrow(
      'Only Super Admins',
    );
  });

  it('an entitlement that is not for mining is left out, and comes back when it is again', async () => {
    const dana = await company.as('Dana');
    await changeSettings(dana, { settings: {}, excludedIds: [company.user] });
    expect((await readMiningSettings(dana)).excluded).toEqual([
      { id: company.user, label: 'GitHub · User' },
    ]);
    await runNextAnalysis(company.system, miner);
    expect((await listSuggestions(dana)).suggestions).toHaveLength(0);
    await changeSettings(dana, { settings: {}, excludedIds: [] });
    await runNextAnalysis(company.system, miner);
    expect((await listSuggestions(dana)).suggestions).toHaveLength(1);
  });

  it('an analysis without a result says why by the thresholds in force', async () => {
    const dana = await company.as('Dana');
    const explainFor = async (settings: MiningSettings) => {
      await changeSettings(dana, { settings, excludedIds: [] });
      const analysis = await analyzeFilter(dana, miner, { department: ['Sales'] });
      return 'sentence' in analysis ? analysis.sentence : 'something was found';
    };
    await db.delete(grants).where(eq(grants.personId, sellers[1]!));
    expect(await explainFor({ minConfidencePercent: 97 })).toBe(
      '22 people match, and at least 97 % of them share nothing; the closest is GitHub · User at 95 % (21 of 22).',
    );
    expect(await explainFor({ minLowerBoundPercent: 90 })).toBe(
      '22 people match; the closest is GitHub · User at 95 % (21 of 22), but with so few people only 78 % is certain, and the settings require 90 %.',
    );
  });

  it('a setting out of range is refused by name, and only Super Admins change any', async () => {
    const outOfRange = { settings: { minConfidencePercent: 180 }, excludedIds: [] };
    await expect(changeSettings(await company.as('Dana'), outOfRange)).rejects.toThrow(
      'minConfidencePercent must be a number from 0 to 100, not 180.',
    );
    await expect(changeSettings(await company.as('Ana'), outOfRange)).rejects.toThrow(
      'Only Super Admins',
    );
  });

  it('access that hardly any peer has is listed, decided once with who and why, and not listed again', async () => {
    await runAnalysis();
    const dana = await company.as('Dana');
    const [outlier] = await listOutliers(dana);
    expect(outlier).toMatchObject({
      personId: sellers[0],
      entitlementId: company.admin,
      isHighRisk: true,
    });
    expect(outlier?.sentence).toMatch(/^Seller 1 has GitHub · Admin; only 1 of \d+ in .* does$/);
    await expect(decideOutlier(dana, outlier!, { state: 'kept', reason: ' ' })).rejects.toThrow(
      'Write a reason',
    );
    await decideOutlier(dana, outlier!, { state: 'kept', reason: 'builds the demo' });
    await runAnalysis();
    expect(await listOutliers(dana)).toEqual([]);
    await expect(decideOutlier(dana, outlier!, { state: 'proposed', reason: 'x' })).rejects.toThrow(
      'Dana kept this just now: "builds the demo".',
    );
    const verbs = (await db.select().from(auditLog).orderBy(auditLog.id)).map((row) => row.verb);
    expect(verbs).toContain('outlier.kept');
  });

  it('a suggestion goes into an existing profile, which then has what it lacked', async () => {
    await runAnalysis();
    const dana = await company.as('Dana');
    const [suggestion] = (await listSuggestions(dana)).suggestions;
    const profile = await createProfile(dana, {
      suggestionId: suggestion!.suggestion.id,
      name: 'Sales',
      entitlementIds: [company.user],
    });
    const [wiki] = await db
      .insert(entitlements)
      .values({ applicationId: company.github, name: 'Wiki' })
      .returning();
    await db.insert(grants).values(sellers.map((id) => toGrant(id, wiki!.id)));
    await runAnalysis();
    const [grown] = (await listSuggestions(dana)).suggestions;
    expect(grown?.overlaps).toEqual([{ profileId: profile.id, name: 'Sales', has: 1, lacks: 1 }]);
    const target = { suggestionId: grown!.suggestion.id, profileId: profile.id };
    const { added } = await addToProfile(dana, {
      ...target,
      entitlementIds: [company.user, wiki!.id],
    });
    expect(added).toBe(1);
    expect((await viewProfile(dana, profile.id)).entitlements).toEqual([
      'GitHub · User',
      'GitHub · Wiki',
    ]);
    const decided = (await reviewSuggestion(dana, grown!.suggestion.id)).decision;
    expect(decided).toBe('Added to the access profile "Sales" by Dana just now');
  });

  it('an analysis offers narrower and wider ones, and is kept to be run again', async () => {
    const dana = await company.as('Dana');
    const filter = { department: ['Sales'], location: ['Lyon'] };
    const { found, widen } = await analyzeFilter(dana, miner, filter);
    expect(found?.words).toBe('department Sales, location Lyon');
    expect(widen).toEqual([
      { label: 'any location', people: size, filter: { department: ['Sales'] } },
      { label: 'any department', people: size / 2, filter: { location: ['Lyon'] } },
    ]);
    const wider = await analyzeFilter(dana, miner, { department: ['Sales'] });
    expect(wider.narrow).toContainEqual({
      label: 'only location Lyon',
      people: size / 2,
      filter: { department: ['Sales'], location: ['Lyon'] },
    });
    const [newest, before] = await listAnalyses(dana);
    expect(newest).toMatchObject({ scope: 'department Sales', by: 'Dana' });
    expect(await readPastFilter(dana, before!.runId)).toEqual(filter);
  });

  it('an analysis that fails is in the history with its reason', async () => {
    const dana = await company.as('Dana');
    const brokenMiner: Miner = {
      ...miner,
      analyze: async () => {
        throw new Error('the mining worker ran out of memory');
      },
    };
    const failing = analyzeFilter(dana, brokenMiner, { department: ['Sales'] });
    await expect(failing).rejects.toThrow('out of memory');
    expect(await listAnalyses(dana)).toMatchObject([
      { scope: 'department Sales', answer: 'failed: the mining worker ran out of memory' },
    ]);
  });

  it.each([
    ['a live grant that a connector saw', {}, true],
    ['one that was closed', { closedAt: noon }, false],
    ['one that has expired', { expiresAt: new Date('2020-01-01') }, false],
    ['one that ends in the future', { expiresAt: new Date('2099-01-01') }, true],
    ['a claim that no sync has confirmed', { source: 'task' as const }, false],
    ['a claim that a sync has confirmed', { source: 'task' as const, verifiedAt: noon }, true],
  ])('of grants, %s counts: %o → %s', async (_, change, counts) => {
    await db.delete(grants);
    await db.insert(grants).values(toGrant(sellers[0]!, company.user, change));
    const arrays = await loadGrantArrays(db, Int32Array.from(sellers));
    expect(arrays.items.length).toBe(counts ? 1 : 0);
  });

  it.each([
    ['an employee', { employmentType: 'Employee' }, true],
    ['somebody of whom nothing is known but the name', { department: null, location: null }, true],
    ['a service account', { employmentType: ' Service Account' }, false],
    ['somebody inactive', { active: false }, false],
    ['somebody who was closed', { closedAt: noon }, false],
    ['who only wrote to Rolemine', { connector: 'contact' }, false],
  ])('of people, %s counts: %o → %s', async (_, change, counts) => {
    await db.update(people).set(change).where(eq(people.id, sellers[0]!));
    const { personIds } = await loadMatrix(company.system);
    expect([...personIds].includes(sellers[0]!)).toBe(counts);
  });

  it('grants of inactive people, and those a mined profile or an emergency gave, do not count', async () => {
    await runAnalysis();
    const emergency = await db
      .insert(tasks)
      .values({
        kind: 'grant' as const,
        state: 'provisioned' as const,
        personId: sellers[2]!,
        entitlementId: company.user,
        emergency: true,
        policyName: 'No approval',
        openedAt: noon,
      })
      .returning();
    const byEmergency = { taskId: emergency[0]!.id };
    await db.update(grants).set(byEmergency).where(eq(grants.personId, sellers[2]!));
    const dana = await company.as('Dana');
    const [suggestion] = (await listSuggestions(dana)).suggestions;
    const profile = await createProfile(dana, {
      suggestionId: suggestion!.suggestion.id,
      name: 'Sales',
      entitlementIds: [company.user],
    });
    await db.update(grants).set({ profileId: profile.id }).where(eq(grants.personId, sellers[1]!));
    const others = Int32Array.from(sellers.slice(1));
    const arrays = await loadGrantArrays(db, others);
    expect(arrays.items.length).toBe(size - 3);
  });
});
