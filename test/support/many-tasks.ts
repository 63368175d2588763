import { inTransaction } from '../../src/governance/context.ts';
import { openTasks } from '../../src/governance/tasks/open-tasks.ts';
import { applications, entitlements } from '../../src/store/schema/access.ts';
import type { Task } from '../../src/store/tasks/tasks.ts';
import { noon, type SmallCompany } from './small-company.ts';

/** Ana requests `count` new entitlements of GitHub at once. All tasks are assigned to Bo. */
export async function askForMany(
  company: SmallCompany,
  count: number,
  how: { at?: Date; emergency?: boolean; accessUntil?: Date } = {},
): Promise<Task[]> {
  const { at = noon, ...origin } = how;
  const ana = await company.as('Ana', at);
  const [github] = await ana.db.select().from(applications);
  const prefix = `Role ${at.toISOString()}${how.emergency ? ' fast' : ''}`;
  const made = await ana.db
    .insert(entitlements)
    .values(
      Array.from({ length: count }, (_, number) => ({
        applicationId: github!.id,
        name: `${prefix} ${number + 1}`,
        emergencyAllowed: true,
      })),
    )
    .returning();
  const { opened } = await inTransaction(ana, (ctx) =>
    openTasks(ctx, {
      kind: 'grant',
      targets: made.map(({ id }) => ({ personId: company.ids.Ana, entitlementId: id })),
      requesterId: company.ids.Ana,
      openedBy: null,
      profileId: null,
      reason: 'on call',
      cause: 'asked',
      ...origin,
    }),
  );
  return opened;
}
