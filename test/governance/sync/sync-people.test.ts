import { and, eq, isNull, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { formatProblems } from '../../../src/connectors/problems.ts';
import type { Ctx } from '../../../src/governance/context.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { entitlements, grants } from '../../../src/store/schema/access.ts';
import { people } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { useDatabase } from '../../support/use-database.ts';
import { ana, bo, type Content, sourceOf } from './sync-source.ts';

describe.each(databases())('matching people in a sync on $name', ({ open }) => {
  const db = useDatabase(open);

  const ctx = (): Ctx => ({ db, actor: undefined, via: 'cli', now: new Date() });
  const sync = async (content: Content, name = 'csv') => {
    const source = sourceOf(content, name);
    const { counts } = await syncSource(ctx(), source);
    return { ...counts, warnings: formatProblems(source.warnings) };
  };

  it('matches people by id if their addresses change', async () => {
    await sync({ people: [{ ...ana, id: 'A1' }] });
    await sync({ people: [{ ...ana, id: 'a1', email: 'ana.ruiz@acme.test' }] });
    expect(await db.select().from(people)).toMatchObject([
      { email: 'ana.ruiz@acme.test', formerEmail: ana.email, externalId: 'a1' },
    ]);
  });

  it('refuses an address of a person of another source', async () => {
    await sync({ people: [{ ...ana, id: '1' }] }, 'hr');
    await sync({ people: [{ id: '2', name: 'Bo Chen' }] });
    const source = sourceOf({ people: [{ id: '2', email: 'ANA@acme.example' }] });
    await expect(syncSource(ctx(), source)).rejects.toMatchObject({ code: 'invalid' });
    expect(formatProblems(source.problems)).toEqual([
      'people.csv:2 email "ANA@acme.example": this address belongs to Ana Ruiz from another source.',
    ]);
  });

  it('updates people who were contacts from Slack only', async () => {
    await db
      .insert(people)
      .values({ connector: 'contact', name: 'ana', email: 'Ana@acme.example' });
    expect(await sync({ people: [ana] })).toMatchObject({ peopleUpdated: 1 });
    expect(await db.select().from(people)).toMatchObject([{ connector: 'csv', name: 'Ana Ruiz' }]);
  });

  it('accepts managers in a circle, people without attributes, and names that differ in case only', async () => {
    const happened = await sync({
      people: [
        { ...ana, managerRef: 'bo@acme.example' },
        { ...bo, managerRef: 'ana@acme.example' },
        { id: 'x' },
      ],
      grants: ['x Jira user', 'x JIRA User', 'ana@acme.example jira User'],
    });
    expect(happened.warnings).toEqual([
      'grants.csv:3 entitlement "User": this is treated as "user", because names are not case-sensitive.',
      expect.stringMatching(/^grants.csv:4 entitlement "User"/),
      'grants.csv: 1 grant is repeated; each counts once.',
    ]);
    expect(await db.select().from(entitlements)).toMatchObject([{ name: 'user' }]);
    expect(await db.select().from(grants)).toHaveLength(2);
    const nameless = await db.select().from(people).where(eq(people.externalId, 'x'));
    expect(nameless).toMatchObject([{ name: 'x', email: null }]);
    const pool = await db
      .select({ count: sql<number>`count(*)::int` })
      .from(people)
      .where(and(isNull(people.closedAt), sql`manager_id is not null`));
    expect(pool).toEqual([{ count: 2 }]);
  });
});
