import { eq, inArray } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AccessUpdate,
  deleteStaleChanges,
  readUpdate,
} from '../../../src/governance/role-mining/load-matrix.ts';
import { MiningSession } from '../../../src/mining/access-session.ts';
import type { MiningOptions } from '../../../src/mining/options.ts';
import { entitlements, grants, matrixChanges } from '../../../src/store/schema/access.ts';
import { accessProfiles } from '../../../src/store/schema/mining.ts';
import { people } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

/** All figures there are. */
const unlimited: Partial<MiningOptions> = {
  minCohortSize: 1,
  minConfidencePercent: 0,
  minLowerBoundPercent: 0,
  minLift: 0,
  maxSuggestions: 10_000,
};

const size = 40;

describe.each(databases())('held access is brought up to date on $name', commits, ({ open }) => {
  const { db, company } = useCompany(open);
  let sellers: number[];
  let session: MiningSession;
  let position: AccessUpdate['position'];

  const toGrant = (personId: number, entitlementId: number, change = {}) => ({
    personId,
    entitlementId,
    source: 'connector' as const,
    connector: 'csv',
    firstSeenAt: noon,
    ...change,
  });

  // Forty sellers hold GitHub · User; the first two report to Bo, and the third's grant has yet to count.
  beforeEach(async () => {
    const added = await db
      .insert(people)
      .values(
        Array.from({ length: size }, (_, at) => ({
          connector: 'csv',
          name: `Seller ${at + 1}`,
          department: 'Sales',
          ...(at < 2 ? { managerId: company.ids.Bo, managerRef: 'E-17' } : {}),
        })),
      )
      .returning();
    sellers = added.map((one) => one.id);
    await db
      .insert(grants)
      .values(
        sellers.map((id, at) =>
          toGrant(id, company.user, at === 2 ? { source: 'task' as const } : {}),
        ),
      );
    const update = await readUpdate(company.system, undefined);
    if (update.kind !== 'load') throw new Error('not read');
    session = new MiningSession(update.rows);
    position = update.position;
  });

  /** Brings what is held up to date, checks it against all read anew, and says who had changed. */
  const refreshSession = async () => {
    const update = await readUpdate(company.system, { position, people: size });
    if (update.kind === 'refresh') session.refresh(update.changed, update.fresh);
    const reloaded = await readUpdate(company.system, undefined);
    if (reloaded.kind !== 'load') throw new Error('not read');
    expect(session.mine(unlimited)).toEqual(new MiningSession(reloaded.rows).mine(unlimited));
    if (update.kind !== 'load') position = update.position;
    return update.kind === 'refresh' ? [...update.changed] : update.kind;
  };

  const firstSeller = () => sellers[0]!;
  const ofFirst = () => eq(grants.personId, firstSeller());
  const changePerson = (change: Partial<typeof people.$inferInsert>) =>
    db.update(people).set(change).where(eq(people.id, firstSeller()));
  const changeGrant = (change: Partial<typeof grants.$inferInsert>) =>
    db.update(grants).set(change).where(ofFirst());

  it.each<[string, () => Promise<unknown>]>([
    [
      'comes to hold something',
      () => db.insert(grants).values(toGrant(firstSeller(), company.admin)),
    ],
    ['loses something', () => changeGrant({ closedAt: noon })],
    ['has a grant erased', () => db.delete(grants).where(ofFirst())],
    ['has a grant that came to its end', () => changeGrant({ expiresAt: noon })],
    ['has a grant that is now but claimed', () => changeGrant({ source: 'task' })],
    ['moves', () => changePerson({ department: 'Finance', location: 'Lyon' })],
    ['gets an attribute nobody had', () => changePerson({ attributes: { team: 'Red' } })],
    ['leaves', () => changePerson({ closedAt: noon })],
    ['is suspended', () => changePerson({ active: false })],
  ])('when somebody %s, of them alone', async (_, change) => {
    await change();
    expect(await refreshSession()).toEqual([firstSeller()]);
  });

  it('when somebody comes, a claim is confirmed, or a manager has another address', async () => {
    const [newcomer] = await db
      .insert(people)
      .values({ connector: 'csv', name: 'New', department: 'Sales' })
      .returning();
    expect(await refreshSession()).toEqual([newcomer!.id]);
    const third = sellers[2]!;
    await db.update(grants).set({ verifiedAt: noon }).where(eq(grants.personId, third));
    expect(await refreshSession()).toEqual([third]);
    await db
      .update(people)
      .set({ email: 'robert@acme.example' })
      .where(eq(people.id, company.ids.Bo));
    const { Ana, Bo, Cy } = company.ids;
    const bosTeam = [Ana, Bo, Cy, ...sellers.slice(0, 2)];
    expect(await refreshSession()).toEqual(bosTeam.sort((a, b) => a - b));
  });

  it('when a grant goes to somebody else, of both', async () => {
    const { Ana } = company.ids;
    await changeGrant({ personId: Ana });
    expect(await refreshSession()).toEqual([Ana, firstSeller()]);
  });

  it('when a grant expires without anybody touching it', async () => {
    const soon = new Date(Date.now() + 1_500);
    await changeGrant({ expiresAt: soon });
    expect(await refreshSession()).toEqual([firstSeller()]);
    await new Promise((resolve) => setTimeout(resolve, 1_700));
    expect(await refreshSession()).toEqual([firstSeller()]);
    expect(await refreshSession()).toBe('none');
  });

  it('what merely notes that a sync saw it is no change', async () => {
    await db.update(grants).set({ lastSyncRunId: 7, lastUsedAt: noon });
    await db.update(people).set({ lastSyncRunId: 7, name: 'Somebody' });
    expect(await refreshSession()).toBe('none');
  });

  it('everything is read anew when a fifth changed, or changes of that long ago are forgotten', async () => {
    await db
      .update(grants)
      .set({ closedAt: noon })
      .where(inArray(grants.personId, sellers.slice(4, 13)));
    const loaded = { position, people: size };
    expect((await readUpdate(company.system, loaded)).kind).toBe('load');
    const old = { ...position, at: new Date(Date.now() - 2 * 86_400_000).toISOString() };
    expect((await readUpdate(company.system, { position: old, people: 1_000 })).kind).toBe('load');
    await db.update(matrixChanges).set({ changedAt: new Date('2020-01-01') });
    await deleteStaleChanges({ ...company.system, now: new Date() });
    expect(await db.select().from(matrixChanges)).toEqual([]);
  });

  it('entitlements that are not for mining are held, and each question leaves them out', async () => {
    const excludedEntitlements = [company.user];
    await db.insert(grants).values(toGrant(firstSeller(), company.admin));
    await db.update(entitlements).set({ mined: false }).where(eq(entitlements.id, company.user));
    expect(await refreshSession()).toEqual([firstSeller()]);
    expect(session.mine({ excludedEntitlements })).toMatchObject({ entitlements: 1, grants: 2 });
    await db.insert(accessProfiles).values({ name: 'P', nameKey: 'p', createdAt: noon });
    expect(await refreshSession()).toBe('none');
  });
});
