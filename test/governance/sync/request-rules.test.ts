import { describe, expect, it } from 'vitest';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { searchEntitlements } from '../../../src/store/catalog/entitlements.ts';
import { policies } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { useDatabase } from '../../support/use-database.ts';
import { ana, type Content, sourceOf } from './sync-source.ts';

describe.each(databases())('the request settings of an entitlement, on $name', ({ open }) => {
  const db = useDatabase(open);

  const sync = async (entitlement: NonNullable<Content['entitlements']>[number]) => {
    const ctx = { db, actor: undefined, via: 'cli', now: noon } as const;
    const content = { people: [ana], entitlements: [entitlement] };
    const grants = ['ana@acme.example Jira User'];
    return (await syncSource(ctx, sourceOf({ ...content, grants }))).counts;
  };
  const admin = { app: 'Jira', entitlement: 'Admin' };

  it('come from the source; a later sync without them changes nothing', async () => {
    await sync({ ...admin, emergencyAllowed: true, maxGrantDays: 90, approvals: 2 });
    const [two] = (await db.select().from(policies)).filter(
      (policy) => policy.name === 'Two approvals' && policy.kind === 'grant',
    );
    const said = { emergencyAllowed: true, maxGrantDays: 90, policyId: two!.id };
    expect(await searchEntitlements(db, { query: 'admin', limit: 5 })).toMatchObject([said]);
    expect(await sync(admin)).toMatchObject({ entitlementsUpdated: 0 });
    expect(await searchEntitlements(db, { query: 'admin', limit: 5 })).toMatchObject([said]);
    expect(await searchEntitlements(db, { query: 'user', limit: 5 })).toMatchObject([
      { emergencyAllowed: false, maxGrantDays: null, policyId: null },
    ]);
  });

  it('change with the source: an entitlement that is no longer requestable is not found', async () => {
    await sync({ ...admin, approvals: 2 });
    expect(await sync({ ...admin, requestable: false })).toMatchObject({ entitlementsUpdated: 1 });
    expect(await searchEntitlements(db, { query: 'admin', limit: 5 })).toEqual([]);
  });
});
