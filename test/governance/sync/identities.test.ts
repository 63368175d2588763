import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { formatProblems } from '../../../src/connectors/problems.ts';
import type { PersonRecord } from '../../../src/connectors/records.ts';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { setRoles } from '../../../src/governance/people/role-assignments.ts';
import { linkSlackUser } from '../../../src/governance/people/slack-accounts.ts';
import { recordSlackUser } from '../../../src/governance/people/slack-directory.ts';
import { listHeldImports } from '../../../src/governance/sync/held-import-card.ts';
import { releaseHeldImport } from '../../../src/governance/sync/held-imports.ts';
import { decidePeoplePairs, listPeoplePairs } from '../../../src/governance/sync/people-pairs.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { outbox } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';
import { type Content, sourceOf } from './sync-source.ts';

type Record = Partial<PersonRecord>;

const of = (id: string | undefined, name: string, address = name.toLowerCase()): Record => ({
  ...(id === undefined ? {} : { id }),
  email: address.includes('@') ? address : `${address}@hr.example`,
  name: `${name} ${name}sen`,
});
const names = ['Ada', 'Ben', 'Cam', 'Dot', 'Eve', 'Fay', 'Gil', 'Hal'];
const listed = names.map((name, at) => of(`${at + 1}`, name));
/** The addresses of all, `by` rows further down. */
const shifted = (by: number) =>
  listed.map((one, at) => ({ ...one, email: listed[(at + by) % listed.length]!.email! }));

describe.each(databases())('who is who in an import, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const sync = (content: Record[] | Content, options = {}, name = 'hr') =>
    syncSource(
      { ...company.system, via: 'cli' },
      sourceOf(Array.isArray(content) ? { people: content } : content, name),
      options,
    );
  const list = () => db.select().from(people).where(eq(people.connector, 'hr')).orderBy(people.id);
  const personOf = async (email: string) =>
    (await db.select().from(people).where(eq(people.email, email)))[0];
  const expectUnchanged = async (content: Record[], words: RegExp) => {
    const before = await list();
    await expect(sync(content)).rejects.toThrow(words);
    await expect(sync(content, { acceptFall: true })).rejects.toThrow(words);
    expect(await list()).toEqual(before);
  };

  it.each([
    [
      'two swap theirs',
      [listed[1]!, listed[0]!, ...listed.slice(2)].map((one, at) => ({
        ...listed[at]!,
        email: one.email!,
      })),
      2,
    ],
    ['a column was sorted or moved', shifted(1), 8],
    [
      'one gets the address of a colleague who is no longer listed',
      [{ ...listed[0]!, email: listed[1]!.email! }, ...listed.slice(2)],
      1,
    ],
  ])('is held when ids come with addresses of others: %s', async (_, content, total) => {
    await sync(listed);
    const word = total === 1 ? '1 person' : `${total} people`;
    await expectUnchanged(content, new RegExp(`^Held: .*${word} would become somebody else: `));
    await expectUnchanged(
      content,
      /Ada Adasen \(id 1, ada@hr.example\) would get ben@hr.example, the address of Ben Bensen \(id 2\)/,
    );
  });

  it.each([
    ['an id is given to another person', [{ ...of('1', 'Zed'), email: 'zed@hr.example' }]],
    ['an address without id has another name', [{ email: 'flo@hr.example', name: 'Zed Zedsen' }]],
  ])('is held when somebody would become another person: %s', async (_, content) => {
    const flo = { email: 'flo@hr.example', name: 'Flo Flosen' };
    await sync([...listed, flo]);
    const rest = content[0]!.id ? [...listed.slice(1), flo] : listed;
    await expectUnchanged(
      [...rest, ...content],
      /1 person would become somebody else: .* would become Zed Zedsen/,
    );
  });

  it('lists the pairs on the card, and goes through when an administrator says that it is right', async () => {
    await sync(listed);
    await setRoles(company.system, company.ids.Kim, { before: [], after: ['connector_admin'] });
    await expect(sync(shifted(1))).rejects.toThrow('A Connector Admin has to let it through');
    const kim = await company.as('Kim');
    const [held] = await listHeldImports(kim);
    expect(held!.words).toBe('An import of hr is held: 8 people would become somebody else.');
    const [row] = await db.select().from(outbox).where(eq(outbox.kind, 'held_import'));
    expect((await loadPersonalMessage(kim, row!))?.message).toMatchObject({
      held: {
        changes: expect.arrayContaining([expect.stringMatching(/^Hal Halsen \(id 8, hal@/)]),
      },
    });
    await releaseHeldImport(kim, { holdId: held!.holdId });
    // The release is good for these pairs alone.
    await expect(sync(shifted(2))).rejects.toThrow(/^Held: /);
    await sync(shifted(1));
    expect((await personOf('ben@hr.example'))?.externalId).toBe('1');
  });

  it('is let through by a Super Admin alone if somebody with a role would become somebody else', async () => {
    await sync(listed);
    const ada = (await personOf('ada@hr.example'))!;
    await setRoles(company.system, ada.id, { before: [], after: ['super_admin'] });
    await setRoles(company.system, company.ids.Kim, { before: [], after: ['connector_admin'] });
    await expect(sync(shifted(1))).rejects.toThrow('A Super Admin has to let it through');
    const kim = await company.as('Kim');
    expect(await listHeldImports(kim)).toEqual([]);
    const dana = await company.as('Dana');
    const [held] = await listHeldImports(dana);
    await expect(releaseHeldImport(kim, held!)).rejects.toThrow('Only Super Admins');
    await releaseHeldImport(dana, held!);
  });

  it('refuses an id that another source gave to somebody else', async () => {
    await sync(listed);
    const source = sourceOf(
      { people: [{ id: '1', name: 'Ida Idasen', email: 'ida@b.example' }] },
      'b',
    );
    await expect(syncSource(company.system, source)).rejects.toMatchObject({ code: 'invalid' });
    expect(formatProblems(source.problems)).toEqual([
      'people.csv:2 id "1": this id belongs to Ada Adasen from hr. Give the ids of this source a prefix.',
    ]);
  });

  it('keeps people when two sources name them by ids of their own, in any order', async () => {
    await sync(listed);
    const others = listed.map((one, at) => ({ ...one, id: `E${at}` }));
    for (const [content, name] of [
      [others, 'b'],
      [listed, 'hr'],
      [others, 'b'],
    ] as const) {
      await sync(content, {}, name);
      expect((await list()).map(({ externalId }) => externalId)).toEqual(
        listed.map(({ id }) => id),
      );
    }
    await sync([{ ...others[0]!, email: 'ada.new@hr.example' }, ...others.slice(1)], {}, 'b');
    expect(await personOf('ada.new@hr.example')).toMatchObject({ externalId: '1' });
  });

  describe('with addresses that change and no ids', () => {
    const mia = { email: 'mia@hr.example', name: 'Mia Schmidt', department: 'IT', jobTitle: 'SRE' };
    const berg = { ...mia, email: 'mia.berg@hr.example', name: 'Mia Berg' };
    const rest = names.map((name) => of(undefined, name));
    const slack = (email: string, name = 'Mia') => ({
      ...{ userId: 'UMIA', teamId: 'T1', name, title: undefined, email },
      ...{ timeZone: undefined, isWorkspaceAdmin: false, barred: undefined },
    });
    const bring = async () => {
      await sync({ people: [mia, ...rest], grants: ['mia@hr.example Jira user'] });
      return (await personOf(mia.email))!.id;
    };
    const grantsOf = (personId: number) => db.$count(grants, eq(grants.personId, personId));

    it('keeps the person whose Slack account has the new address', async () => {
      const id = await bring();
      await linkSlackUser(company.system, slack(mia.email), undefined);
      await recordSlackUser(company.system, slack(berg.email));
      await sync([berg, ...rest]);
      expect(await personOf(berg.email)).toMatchObject({ id, name: 'Mia Berg', active: true });
    });

    it('takes nobody for the earlier holder of a Slack account that was handed on', async () => {
      const id = await bring();
      await linkSlackUser(company.system, slack(mia.email), undefined);
      await recordSlackUser(company.system, slack('zed@hr.example', 'Zed'));
      await sync([of(undefined, 'Zed'), ...rest]);
      expect((await personOf('zed@hr.example'))?.id).not.toBe(id);
    });

    it('keeps a likely person as they are until a Super Admin says that both are one', async () => {
      const id = await bring();
      await sync({ people: [berg, ...rest], grants: ['mia.berg@hr.example Jira user'] });
      expect(await personOf(mia.email)).toMatchObject({ id, active: true, closedAt: null });
      expect(await personOf(berg.email)).toBeUndefined();
      expect(await grantsOf(id)).toBe(1);
      const dana = await company.as('Dana');
      const [question] = await listPeoplePairs(dana);
      expect(question).toMatchObject({
        pairs: [
          {
            person: { name: 'Mia Schmidt', about: 'mia@hr.example, SRE, IT' },
            other: { name: 'Mia Berg', about: 'mia.berg@hr.example, SRE, IT' },
          },
        ],
      });
      const pairIds = question!.pairs.map((pair) => pair.pairId);
      await decidePeoplePairs(dana, { pairIds, isSame: true });
      expect(await personOf(berg.email)).toMatchObject({ id });
      await expect(decidePeoplePairs(dana, { pairIds, isSame: false })).rejects.toThrow('Dana');
      await sync([berg, ...rest]);
      expect(await personOf(berg.email)).toMatchObject({ id, name: 'Mia Berg' });
      expect(await listPeoplePairs(dana)).toEqual([]);
    });

    it.each([
      ['the same name alone', { email: 'mia.s@hr.example', name: 'Schmidt, Mia' }],
      ['a new surname', { email: 'mia.berg@hr.example', name: 'Mia Berg' }],
    ])('finds a likely person by little: %s', async (_, record) => {
      await sync([{ email: mia.email, name: mia.name }, ...rest]);
      await sync([record, ...rest]);
      expect(await personOf(mia.email)).toMatchObject({ active: true, closedAt: null });
      expect(await personOf(record.email)).toBeUndefined();
    });

    it('makes two people of a likely pair when a Super Admin says so', async () => {
      const id = await bring();
      await sync([berg, ...rest]);
      const dana = await company.as('Dana');
      const [question] = await listPeoplePairs(dana);
      const pairIds = question!.pairs.map((pair) => pair.pairId);
      await decidePeoplePairs(dana, { pairIds, isSame: false });
      await sync([berg, ...rest]);
      expect((await personOf(berg.email))?.id).not.toBe(id);
      expect((await list()).find((one) => one.id === id)?.closedAt).not.toBeNull();
    });

    it('asks once about a domain that changes for many, and closes nobody', async () => {
      await bring();
      const moved = [mia, ...rest].map((one) => ({
        ...one,
        email: one.email!.replace('@hr.example', '@hr.test'),
      }));
      const { counts } = await sync(moved);
      expect(counts).toMatchObject({ peopleAdded: 0, peopleClosed: 0 });
      const dana = await company.as('Dana');
      const questions = await listPeoplePairs(dana);
      expect(questions).toMatchObject([{ domains: 'hr.example → hr.test' }]);
      const pairIds = questions[0]!.pairs.map((pair) => pair.pairId);
      expect(pairIds).toHaveLength(9);
      await decidePeoplePairs(dana, { pairIds, isSame: true });
      expect((await sync(moved)).counts).toMatchObject({ peopleAdded: 0, peopleClosed: 0 });
      expect((await list()).every(({ email }) => email?.endsWith('@hr.test'))).toBe(true);
    });
  });
});
