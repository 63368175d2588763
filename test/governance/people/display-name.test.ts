import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { loadIdentities, loadNames } from '../../../src/governance/people/display-name.ts';
import { findActivePeople } from '../../../src/governance/people/person-search.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { people } from '../../../src/store/schema/people.ts';
import { cleanText } from '../../../src/text.ts';
import { databases } from '../../support/database.ts';
import { askFor } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe('text of other people', () => {
  it.each([
    ['a Hangul filler', 'Dana\u3164Scott', 'DanaScott'],
    ['a Hangul choseong filler', 'Da\u115fna', 'Dana'],
    ['a blank Braille pattern', 'Dana\u2800', 'Dana'],
    ['a joiner between Latin letters', 'Da\u200dn\u200ca', 'Dana'],
    ['a mark that turns the direction', 'Dana\u202e', 'Dana'],
    ['tags', 'Dana\u{e0041}', 'Dana'],
  ])('loses %s', (_, text, shown) => {
    expect(cleanText(text)).toBe(shown);
  });

  it.each(['👩‍💻', 'می‌خواهم', 'क्‍ष', '👩🏽‍🚀'])('keeps the joiners that %s needs', (text) => {
    expect(cleanText(text)).toBe(text);
  });
});

describe.each(databases())('the name that is shown, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const add = async (name: string, change: Partial<typeof people.$inferInsert> = {}) => {
    const [added] = await db
      .insert(people)
      .values({ connector: 'csv', name, email: `p${Math.random()}@acme.example`, ...change })
      .returning();
    return added!.id;
  };
  const shownOf = async (id: number) => (await loadNames(company.system, [id])).get(id);

  it('is the name alone where it says who it is', async () => {
    expect(await shownOf(company.ids.Dana)).toBe('Dana');
  });

  it.each([
    ['another case', 'DANA'],
    ['Cyrillic letters', 'Dаnа'],
    ['Greek letters', 'Dαna'],
    ['accents', 'Dáña'],
    ['wide letters', 'Ｄａｎａ'],
    ['an invisible letter', 'Da\u3164na'],
    ['another space', 'D a n a'],
  ])(
    'has the address, as has that of the other person, for a namesake with %s',
    async (_, name) => {
      const id = await add(name, { email: 'other@acme.example' });
      expect(await shownOf(id)).toContain('(other@acme.example');
      expect(await shownOf(company.ids.Dana)).toBe('Dana (dana@acme.example)');
      await db.update(people).set({ active: false }).where(eq(people.id, id));
      expect(await shownOf(company.ids.Dana)).toBe('Dana');
    },
  );

  it.each([
    ['letters of two alphabets', 'Mаx', 'Mаx (max@acme.example, mixed alphabets)'],
    ['invisible characters', 'M\u2800ax', 'Max (max@acme.example, invisible characters removed)'],
    ['nothing visible', '\u3164\u2800', 'max@acme.example'],
  ])('says that it has %s', async (_, name, shown) => {
    expect(await shownOf(await add(name, { email: 'max@acme.example' }))).toBe(shown);
  });

  it('leaves names of one alphabet alone, and names in two', async () => {
    expect(await shownOf(await add('Zoë Łukasz O’Brien'))).toBe('Zoë Łukasz O’Brien');
    expect(await shownOf(await add('Иван Петров'))).toBe('Иван Петров');
    expect(await shownOf(await add('王伟 Wang'))).toBe('王伟 Wang');
  });

  it('has the address where people write it themselves in Slack', async () => {
    const name = 'Dana, Chief Security Officer';
    const id = await add(name, { connector: 'slack', email: 'mallory@acme.example' });
    expect(await shownOf(id)).toBe('Dana, Chief Security Officer (mallory@acme.example)');
  });

  it('is on the cards of tasks with the address of the subject and of the requester', async () => {
    const { ids } = company;
    await add('Ana', { email: 'ana.2@acme.example' });
    const request = { personId: ids.Ana, entitlementId: company.admin, reason: 'On call' };
    const { id } = await askFor(await company.as('Bo'), request);
    const view = (await loadTaskView(company.system, id))!;
    const card = describeStep(view, view.steps[0]!.id, ids.Kim);
    expect(card.title).toBe('Bo asks for GitHub · Admin for Ana (ana@acme.example)');
    expect(card.facts).toContainEqual(['For', 'Ana (ana@acme.example), Engineer, Engineering']);
    expect(card.facts).toContainEqual(['Requested by', 'Bo (bo@acme.example)']);
  });

  it('is in search fields', async () => {
    await add('Kim', { email: 'kim.2@acme.example' });
    const found = await findActivePeople(company.system, 'kim', []);
    expect(found.map(({ name }) => name).sort()).toEqual([
      'Kim (kim.2@acme.example)',
      'Kim (kim@acme.example)',
    ]);
    const { Kim } = company.ids;
    const identities = await loadIdentities(company.system, [Kim]);
    expect(identities.get(Kim)?.identity).toBe('Kim (kim@acme.example)');
  });
});
