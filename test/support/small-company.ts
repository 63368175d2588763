import { eq, inArray } from 'drizzle-orm';
import type { ActorCtx, Ctx } from '../../src/governance/context.ts';
import { requestAccess } from '../../src/governance/requests/request-access.ts';
import type { Db } from '../../src/store/db.ts';
import { listRoles } from '../../src/store/people/roles.ts';
import {
  applicationOwners,
  applications,
  entitlements,
  grants,
} from '../../src/store/schema/access.ts';
import { people, personRoles } from '../../src/store/schema/people.ts';

/** Bo manages Ana and Cy. Kim owns GitHub, and Lee provisions it. Dana is Super Admin. Gone is not active. */
export interface SmallCompany {
  ids: Record<'Ana' | 'Bo' | 'Cy' | 'Kim' | 'Lee' | 'Dana' | 'Gone', number>;
  github: number;
  admin: number;
  user: number;
  /** A context in which this person acts. */
  as(name: keyof SmallCompany['ids'], now?: Date): Promise<ActorCtx>;
  system: Ctx;
}

export const noon = new Date('2026-11-21T12:00:00Z');

/** Adds the company to an empty database, with GitHub · Admin (high risk, held by Cy) and GitHub · User. */
export async function makeSmallCompany(db: Db): Promise<SmallCompany> {
  const names = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana', 'Gone'] as const;
  const inserted = await db
    .insert(people)
    .values(
      names.map((name) => ({
        connector: 'csv',
        name,
        email: `${name.toLowerCase()}@acme.example`,
        department: name === 'Dana' ? 'IT' : 'Engineering',
        jobTitle: 'Engineer',
        active: name !== 'Gone',
      })),
    )
    .returning();
  const ids = Object.fromEntries(inserted.map((one) => [one.name, one.id])) as SmallCompany['ids'];
  const bo = { managerId: ids.Bo, managerRef: 'bo@acme.example' };
  await db
    .update(people)
    .set(bo)
    .where(inArray(people.id, [ids.Ana, ids.Cy]));
  await db.update(people).set({ managerId: ids.Dana }).where(eq(people.id, ids.Bo));
  await db.insert(personRoles).values({ personId: ids.Dana, role: 'super_admin' });
  const [github] = await db
    .insert(applications)
    .values({ name: 'GitHub', instructions: '1. Open the organization. 2. Add the person.' })
    .returning();
  await db.insert(applicationOwners).values([
    { applicationId: github!.id, personId: ids.Kim, kind: 'owner' },
    { applicationId: github!.id, personId: ids.Lee, kind: 'provisioner' },
  ]);
  const [admin, user] = await db
    .insert(entitlements)
    .values([
      { applicationId: github!.id, name: 'Admin', risk: 'high' as const },
      { applicationId: github!.id, name: 'User', risk: 'low' as const },
    ])
    .returning();
  await db.insert(grants).values({
    personId: ids.Cy,
    entitlementId: admin!.id,
    source: 'connector',
    connector: 'csv',
    firstSeenAt: noon,
  });
  const system: Ctx = { db, actor: undefined, via: 'system', now: noon };
  return {
    ids,
    github: github!.id,
    admin: admin!.id,
    user: user!.id,
    system,
    as: async (name, now = noon) => ({
      db,
      via: 'slack',
      now,
      actor: { personId: ids[name], name, roles: await listRoles(db, ids[name]) },
    }),
  };
}

/** Requests one entitlement. @returns the opened task. */
export async function askFor(
  ctx: ActorCtx,
  wanted: { personId: number; entitlementId: number; reason: string },
) {
  const { entitlementId, ...rest } = wanted;
  const { opened } = await requestAccess(ctx, { ...rest, entitlementIds: [entitlementId] });
  return opened[0]!;
}
