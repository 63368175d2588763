import {
  countFailedMessages,
  countLate,
  countOwnerless,
  countUnlinked,
  listFailedSyncs,
} from '../store/attention.ts';
import type { ActorCtx } from './context.ts';
import { type Permission, rolesHave } from './permissions.ts';

const failedDays = 7;

/** What needs the attention of somebody with these roles, in words, the worst first. */
export async function listConcerns(ctx: ActorCtx): Promise<string[]> {
  const may = (permission: Permission) => rolesHave(ctx.actor.roles, permission);
  const found: string[] = [];
  if (may('viewConnectors')) {
    for (const { connector, error } of await listFailedSyncs(ctx.db)) {
      found.push(`The last sync of ${connector} failed: ${error}`);
    }
  }
  if (may('reassignAnyTask')) {
    const late = await countLate(ctx.db, ctx.now);
    const sentence = `${plural(late, 'task waits', 'tasks wait')} longer than the policy allows.`;
    if (late > 0) found.push(sentence);
  }
  if (may('manageUsers')) {
    const unlinked = await countUnlinked(ctx.db);
    const sentence = `${plural(unlinked, 'person has', 'people have')} no Slack account here, or another address in Slack than before.`;
    if (unlinked > 0) found.push(sentence);
  }
  if (may('manageApplications')) {
    const { entitlements, apps } = await countOwnerless(ctx.db);
    const sentence = `${plural(entitlements, 'entitlement has', 'entitlements have')} no owner who is here (${plural(apps, 'application')} without one): requests for them go to Super Admins.`;
    if (entitlements > 0) found.push(sentence);
  }
  if (may('manageUsers')) {
    const since = new Date(ctx.now.getTime() - failedDays * 86_400_000);
    const failed = await countFailedMessages(ctx.db, since);
    const sentence = `${plural(failed, 'message')} of the last ${failedDays} days could not be delivered.`;
    if (failed > 0) found.push(sentence);
  }
  return found;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
