import { and, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/governance/context.ts';
import { addMembers } from '../../../src/governance/profiles/enroll.ts';
import { createProfile } from '../../../src/governance/profiles/from-suggestion.ts';
import { viewProfile } from '../../../src/governance/profiles/view.ts';
import { analyzeFilter } from '../../../src/governance/role-mining/cohort-analysis.ts';
import type { Miner } from '../../../src/governance/role-mining/miner.ts';
import { queueAnalysis, runNextAnalysis } from '../../../src/governance/role-mining/runs.ts';
import {
  dismissSuggestion,
  listDismissed,
  listSuggestions,
  restoreSuggestion,
  reviewSuggestion,
} from '../../../src/governance/role-mining/suggestions.ts';
import { grants, syncRuns } from '../../../src/store/schema/access.ts';
import { outbox } from '../../../src/store/schema/messages.ts';
import { suggestions } from '../../../src/store/schema/mining.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { miner } from '../../support/miner.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('suggestions on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let sellers: number[];

  // Twelve people in Sales, of whom eleven hold GitHub · User; one of them reports to Bo.
  beforeEach(async () => {
    const names = Array.from(
      { length: 12 },
      (_, at) => `Seller ${String(at + 1).padStart(2, '0')}`,
    );
    const added = await db
      .insert(people)
      .values(
        names.map((name) => ({
          connector: 'csv',
          name,
          department: 'Sales',
          managerId: company.ids.Bo,
        })),
      )
      .returning();
    sellers = added.map((one) => one.id);
    await db.insert(grants).values(
      sellers.slice(0, 11).map((personId) => ({
        personId,
        entitlementId: company.user,
        source: 'connector' as const,
        connector: 'csv',
        firstSeenAt: noon,
      })),
    );
    await db.insert(syncRuns).values({ connector: 'csv', startedAt: noon, finishedAt: noon });
  });

  const runAnalysis = async () => {
    await inTransaction(company.system, (ctx) => queueAnalysis(ctx, 'import'));
    return runNextAnalysis(company.system, miner);
  };
  const findSalesSuggestion = async () => {
    const { suggestions: list } = await listSuggestions(await company.as('Dana'));
    return list.find((one) => one.words.includes('Sales') || one.words.includes("Bo's team"))!;
  };

  it('a run suggests what a cohort shares, with its evidence and who would gain', async () => {
    const report = await runAnalysis();
    expect(report).toMatchObject({ newSuggestions: 1, failed: undefined });
    const view = await reviewSuggestion(
      await company.as('Dana'),
      (await findSalesSuggestion()).suggestion.id,
    );
    expect(view).toMatchObject({
      name: 'Sales',
      words: 'department Sales',
      gainingNames: ['Seller 12'],
    });
    expect(view.evidence).toMatchObject([{ app: 'GitHub', entitlement: 'User', holders: 11 }]);
    expect(view.evidence[0]!.lowerBoundPercent).toBeCloseTo(64.6, 1);
  });

  it('a second run posts nothing twice and counts that it was seen again', async () => {
    await runAnalysis();
    const countCards = async () =>
      (await db.select().from(outbox).where(eq(outbox.kind, 'run')).orderBy(outbox.id)).length;
    expect(await countCards()).toBe(1);
    expect(await runAnalysis()).toMatchObject({ newSuggestions: 0 });
    expect(await countCards()).toBe(1);
    expect((await findSalesSuggestion()).suggestion.seenRuns).toBe(2);
  });

  it('a dismissed suggestion stays away until its evidence has grown', async () => {
    await runAnalysis();
    await dismissSuggestion(await company.as('Dana'), (await findSalesSuggestion()).suggestion.id);
    await runAnalysis();
    expect(await findSalesSuggestion()).toBeUndefined();
    await db.insert(grants).values({
      personId: sellers[11]!,
      entitlementId: company.user,
      source: 'connector',
      connector: 'csv',
      firstSeenAt: noon,
    });
    expect(await runAnalysis()).toMatchObject({ newSuggestions: 1 });
    expect((await findSalesSuggestion()).suggestion.state).toBe('new');
  });

  it('a pattern that is gone leaves the list', async () => {
    await runAnalysis();
    await db.update(grants).set({ closedAt: noon }).where(eq(grants.entitlementId, company.user));
    await runAnalysis();
    const [row] = await db.select().from(suggestions);
    expect(row?.state).toBe('superseded');
  });

  it('only the first of two Super Admins decides, and the other is told who was first', async () => {
    await runAnalysis();
    const { id } = (await findSalesSuggestion()).suggestion;
    await dismissSuggestion(await company.as('Dana'), id);
    await expect(
      createProfile(await company.as('Dana'), {
        suggestionId: id,
        name: 'Sales',
        entitlementIds: [company.user],
      }),
    ).rejects.toThrow('Dismissed by Dana just now.');
  });

  it('accepting makes a profile with nobody in it, and a run does not suggest it again', async () => {
    await runAnalysis();
    const dana = await company.as('Dana');
    const input = {
      suggestionId: (await findSalesSuggestion()).suggestion.id,
      name: ' Sales  base ',
      entitlementIds: [company.user],
    };
    await expect(createProfile(dana, { ...input, name: ' ' })).rejects.toThrow(
      'Enter a name for the access profile.',
    );
    await expect(createProfile(dana, { ...input, entitlementIds: [] })).rejects.toThrow(
      'Keep at least one',
    );
    const profile = await createProfile(dana, input);
    const view = await viewProfile(dana, profile.id);
    expect(view).toMatchObject({
      profile: { name: 'Sales base' },
      entitlements: ['GitHub · User'],
      members: [],
      cohort: { words: 'department Sales', people: 12 },
    });
    expect(await runAnalysis()).toMatchObject({ newSuggestions: 0 });
    expect(await findSalesSuggestion()).toBeUndefined();
  });

  it('members get a request for each entitlement they lack, only with the tick', async () => {
    await runAnalysis();
    const dana = await company.as('Dana');
    const profile = await createProfile(dana, {
      suggestionId: (await findSalesSuggestion()).suggestion.id,
      name: 'Sales',
      entitlementIds: [company.user],
    });
    const enrollment = { profileId: profile.id, personIds: [], wholeCohort: true };
    const withoutRequests = await addMembers(dana, { ...enrollment, createRequests: false });
    expect(withoutRequests).toMatchObject({ added: 12, opened: 0 });
    const withRequests = await addMembers(dana, { ...enrollment, createRequests: true });
    expect(withRequests).toMatchObject({ added: 0, alreadyMembers: 12, opened: 1, skipped: [] });
    const opened = await db
      .select()
      .from(tasks)
      .where(and(eq(tasks.personId, sellers[11]!), eq(tasks.entitlementId, company.user)));
    expect(opened).toMatchObject([{ state: 'open', profileId: profile.id, requesterId: null }]);
    expect(await addMembers(dana, { ...enrollment, createRequests: true })).toMatchObject({
      opened: 0,
    });
  });

  it('role mining is for Super Admins, and the refusal names one', async () => {
    await expect(listSuggestions(await company.as('Ana'))).rejects.toThrow(
      'Only Super Admins can run role mining. Dana can.',
    );
    await expect(analyzeFilter(await company.as('Ana'), miner, {})).rejects.toThrow(
      'Only Super Admins',
    );
  });

  it.each([
    [
      { department: ['Enginering'] },
      'Nobody matches department = Enginering. Did you mean Engineering (5 people)?',
    ],
    [{ departmnt: ['Sales'] }, 'There is no attribute "departmnt". Did you mean department?'],
    [{ department: ['IT'] }, '1 person matches; at least 5 people are needed.'],
    [
      { department: ['Engineering'] },
      '5 people match, and at least 80 % of them share nothing; the closest is GitHub · Admin at 20 % (1 of 5).',
    ],
  ])('an analysis of %o says why there is nothing', async (filter, sentence) => {
    const analysis = await analyzeFilter(await company.as('Dana'), miner, filter);
    expect(analysis).toMatchObject({ found: undefined });
    expect('sentence' in analysis && analysis.sentence).toContain(sentence);
  });

  it('a custom analysis finds what the cohort shares and can be decided like any other', async () => {
    const dana = await company.as('Dana');
    const { found } = await analyzeFilter(dana, miner, { DEPARTMENT: ['sales'] });
    expect(found).toMatchObject({
      words: 'department Sales',
      suggestion: { people: 12, gaining: 1 },
    });
    await dismissSuggestion(dana, found!.suggestion.id);
    const again = await analyzeFilter(dana, miner, { department: ['Sales'] });
    expect(again.found?.suggestion.state).toBe('dismissed');
    expect(again.found?.decision).toMatch(/^Dismissed by Dana/);
    expect((await listDismissed(dana)).map(({ suggestion }) => suggestion.id)).toEqual([
      found!.suggestion.id,
    ]);
    const restored = await restoreSuggestion(dana, found!.suggestion.id);
    expect(restored.suggestion.state).toBe('new');
    await expect(restoreSuggestion(dana, found!.suggestion.id)).rejects.toThrow('not dismissed');
  });

  it('a run that fails says so and leaves the suggestions there were', async () => {
    await runAnalysis();
    await inTransaction(company.system, (ctx) => queueAnalysis(ctx, 'import'));
    const brokenMiner: Miner = {
      ...miner,
      findAll: async () => {
        throw new Error('out of memory');
      },
    };
    expect(await runNextAnalysis(company.system, brokenMiner)).toMatchObject({
      failed: 'out of memory',
    });
    expect(await findSalesSuggestion()).toBeDefined();
  });
});
