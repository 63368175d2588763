import { isNull } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatProblems } from '../../../src/connectors/problems.ts';
import { listOrphans } from '../../../src/governance/access/orphans.ts';
import { listConcerns } from '../../../src/governance/messages/admin-concerns.ts';
import { proposeRevocation } from '../../../src/governance/requests/revoke-access.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { databases } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';
import { type Content, sourceOf } from './sync-source.ts';

describe.each(databases())('accounts of people who are not here, on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  const people = (...ids: string[]) => ids.map((id) => ({ id, name: `Person ${id}` }));
  const many = Array.from({ length: 20 }, (_, at) => `a Jira R${at}`);
  const sync = async (content: Content, maxOrphansPercent?: number) => {
    const source = sourceOf(content, 'hr');
    const options = maxOrphansPercent === undefined ? {} : { maxOrphansPercent };
    const result = await syncSource(company.system, source, options).catch((error) => ({ error }));
    return {
      ...result,
      problems: formatProblems(source.problems),
      warnings: formatProblems(source.warnings),
    };
  };
  const orphans = async () => (await listOrphans(await company.as('Dana'), 0)).accounts;
  const live = () => db.$count(grants, isNull(grants.closedAt));

  beforeEach(() => sync({ people: people('a', 'bo'), grants: [...many, 'bo Jira Admin'] }));

  it('are listed, while the rest of the import goes through', async () => {
    const before = await live();
    const result = await sync({
      people: people('a', 'new'),
      grants: [...many, 'bo Jira Admin', 'ghost Jira Admin', 'new Jira User'],
    });
    expect(result).toMatchObject({
      counts: { peopleClosed: 1, peopleAdded: 1, grantsAdded: 1, grantsClosed: 0 },
      orphans: { ofLeavers: 1, unknown: 1 },
      problems: [],
      warnings: [
        'grants.csv:22 person "bo": this person has left; the account is listed as orphaned.',
        'grants.csv:23 person "ghost": no such person in people.csv or in Rolemine; the account is listed as orphaned.',
      ],
    });
    expect(await live()).toBe(before + 1);
    expect(await orphans()).toMatchObject([
      { holder: 'Person bo', label: 'Jira · Admin', canRevoke: true },
      { holder: 'ghost', label: 'Jira · Admin', canRevoke: false },
    ]);
    expect(await listConcerns(await company.as('Dana'))).toContain(
      '2 accounts belong to people who left or whom nobody knows. `/rolemine orphans` lists them.',
    );
    await expect(async () => listOrphans(await company.as('Ana'), 0)).rejects.toThrow(/^Only/);
  });

  it('can be revoked by a Super Admin, and end when the source no longer has them', async () => {
    const applications = [{ app: 'Jira', owners: ['a'] }];
    await sync({
      people: people('a'),
      applications,
      grants: [...many, 'bo Jira Admin', 'ghost Jira Admin'],
    });
    const [account] = await orphans();
    const task = await proposeRevocation(await company.as('Dana'), {
      personId: account!.personId!,
      entitlementId: account!.entitlementId,
      reason: 'Bo left.',
    });
    expect((await orphans())[0]).toMatchObject({ taskId: task.id, canRevoke: false });
    await sync({ people: people('a'), grants: many });
    expect(await orphans()).toEqual([]);
  });

  it('stop an import when they are many, or more than the operator allows', async () => {
    const grantsOf = (count: number) => ({
      people: people('a'),
      grants: [...many, ...Array.from({ length: count }, (_, at) => `x${at} Jira Admin`)],
    });
    expect((await sync(grantsOf(5))).problems).toEqual([]);
    expect((await sync(grantsOf(6))).problems).toEqual([
      'grants.csv: 6 of 26 grants (23.1 %) belong to nobody who is here; at most 5 % may. Check that both files name people in the same way, or allow more with --max-orphans.',
    ]);
    expect((await sync(grantsOf(6), 25)).problems).toEqual([]);
    expect((await sync(grantsOf(1), 0)).problems).toHaveLength(1);
    const strangers = { people: people('a'), grants: ['a@acme.example Jira User'] };
    expect((await sync(strangers)).problems).toHaveLength(1);
  });
});
