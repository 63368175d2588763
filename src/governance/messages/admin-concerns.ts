import {
  countLateSteps,
  countOwnerless,
  countUnlinked,
  findStuckMessages,
  listUndelivered,
} from '../../store/messages/admin-concerns.ts';
import { listRulesWithPendingRemovals } from '../../store/rules/rule-grants.ts';
import { listFailedSyncs } from '../../store/sync/sync-failures.ts';
import type { ActorCtx } from '../context.ts';
import { hasPermission, type Permission } from '../permissions.ts';
import { listHeldImports } from '../sync/held-import-card.ts';

const failedDays = 7;
const shownUnreached = 3;
const stuckHours = 1;

/** What needs the attention of somebody with these roles, in words, the worst first. */
export async function listConcerns(ctx: ActorCtx): Promise<string[]> {
  const may = (permission: Permission) => hasPermission(ctx.actor.roles, permission);
  const found: string[] = [];
  found.push(...(await listHeldImports(ctx)).map(({ words }) => words));
  if (may('viewConnectors')) {
    for (const { connector, error } of await listFailedSyncs(ctx.db)) {
      found.push(`The last sync of ${connector} failed: ${error}`);
    }
  }
  if (may('reassignAnyTask')) {
    const late = await countLateSteps(ctx.db, ctx.now);
    const sentence = `${plural(late, 'task waits', 'tasks wait')} longer than the policy allows.`;
    if (late > 0) found.push(sentence);
  }
  if (may('mineRoles')) found.push(...(await listHeld(ctx)));
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
  if (may('manageUsers')) found.push(...(await listUnreached(ctx)));
  return found;
}

async function listHeld(ctx: ActorCtx): Promise<string[]> {
  const rules = (await listRulesWithPendingRemovals(ctx.db)).length;
  const would = `${plural(rules, 'role rule', 'role rules')} would take access from many at once`;
  return rules > 0 ? [`${would}: that waits for a yes, by the buttons in Messages.`] : [];
}

/** Whom messages do not reach, a line each, and what waits for Slack or the mail server. */
async function listUnreached(ctx: ActorCtx): Promise<string[]> {
  const since = new Date(ctx.now.getTime() - failedDays * 86_400_000);
  const failed = await listUndelivered(ctx.db, since, shownUnreached);
  const lines = failed.map(({ name, count, error, isInSlack }) => {
    const where = isInSlack ? ' (Slack has it)' : '';
    return `${plural(count, 'message')} to ${name} could not be delivered${where}: ${error}.`;
  });
  const more = (failed[0]?.people ?? 0) - failed.length;
  if (more > 0) lines.push(`Nor could messages to ${plural(more, 'other person', 'others')}.`);
  const stuck = await findStuckMessages(
    ctx.db,
    new Date(ctx.now.getTime() - stuckHours * 3_600_000),
  );
  if (stuck) {
    const wait = plural(stuck.count, 'message has', 'messages have');
    lines.push(`${wait} waited for more than an hour to be delivered: ${stuck.error}.`);
  }
  return lines;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
