import {
  countLateSteps,
  countOwnerless,
  countUnlinked,
  findStuckMessages,
  listUndelivered,
} from '../../store/messages/admin-concerns.ts';
import { listReturned } from '../../store/people/departures.ts';
import { listOpenPairs } from '../../store/people/identity-pairs.ts';
import { listRulesWithPendingRemovals } from '../../store/rules/rule-grants.ts';
import { countOrphanedAccounts } from '../../store/sync/orphaned-accounts.ts';
import { listFailedSyncs } from '../../store/sync/sync-failures.ts';
import type { ActorCtx } from '../context.ts';
import { hasPermission, type Permission } from '../permissions.ts';
import { listHeldImports } from '../sync/held-import-card.ts';
import { formatCount } from '../wording/counts.ts';
import { toSentence } from '../wording/sentences.ts';

const failureDays = 7;
const maxShownFailures = 3;
const minStuckHours = 1;

/** Lists what needs the actor's attention, one sentence each, the most urgent first. */
export async function listConcerns(ctx: ActorCtx): Promise<string[]> {
  const may = (permission: Permission) => hasPermission(ctx.actor.roles, permission);
  const concerns = (await listHeldImports(ctx)).map(({ words }) => words);
  if (may('viewConnectors')) {
    for (const { connector, error } of await listFailedSyncs(ctx.db)) {
      concerns.push(toSentence(`The last sync of ${connector} failed: ${error}`));
    }
  }
  if (may('reassignAnyTask')) {
    const late = await countLateSteps(ctx.db, ctx.now);
    const subject = formatCount(late, 'task has', 'tasks have');
    if (late > 0) concerns.push(`${subject} been open for longer than the policy allows.`);
  }
  if (may('mineRoles')) concerns.push(...(await listHeldRemovals(ctx)));
  if (may('manageUsers')) {
    concerns.push(...(await listQuestions(ctx)));
    const unlinked = await countUnlinked(ctx.db);
    const subject = formatCount(unlinked, 'person has', 'people have');
    if (unlinked > 0) concerns.push(`${subject} no Slack account, or a new address in Slack.`);
  }
  if (may('manageUsers')) concerns.push(...(await listOrphanedAccounts(ctx)));
  if (may('manageApplications')) {
    const { entitlements, apps } = await countOwnerless(ctx.db);
    const subject = formatCount(entitlements, 'entitlement has', 'entitlements have');
    const detail = `${formatCount(apps, 'application')} without one`;
    if (entitlements > 0) {
      concerns.push(`${subject} no active owner (${detail}). Super Admins get the requests.`);
    }
  }
  if (may('manageUsers')) concerns.push(...(await listDeliveryFailures(ctx)));
  return concerns;
}

/** People who are back, and people who may be the same. */
async function listQuestions(ctx: ActorCtx): Promise<string[]> {
  const open = (await listReturned(ctx.db)).length + (await listOpenPairs(ctx.db)).length;
  if (open === 0) return [];
  const subject = formatCount(open, 'question');
  return [`${subject} about people who are back or may be the same: type /rolemine people.`];
}

async function listHeldRemovals(ctx: ActorCtx): Promise<string[]> {
  const rules = (await listRulesWithPendingRemovals(ctx.db)).length;
  if (rules === 0) return [];
  const subject = formatCount(rules, 'role rule');
  return [`${subject} would remove access from many people at once. Confirm this in Messages.`];
}

async function listOrphanedAccounts(ctx: ActorCtx): Promise<string[]> {
  const { ofLeavers, unknown } = await countOrphanedAccounts(ctx.db);
  if (ofLeavers + unknown === 0) return [];
  const accounts = formatCount(ofLeavers + unknown, 'account belongs', 'accounts belong');
  return [`${accounts} to people who left or whom nobody knows. \`/rolemine orphans\` lists them.`];
}

/** Lists the people whose messages failed, one line each, and counts the messages that are stuck. */
async function listDeliveryFailures(ctx: ActorCtx): Promise<string[]> {
  const since = new Date(ctx.now.getTime() - failureDays * 86_400_000);
  const failed = await listUndelivered(ctx.db, since, maxShownFailures);
  const lines = failed.map(({ name, count, error, isInSlack }) => {
    const note = isInSlack ? ' (delivered in Slack)' : '';
    const subject = formatCount(count, 'message');
    return toSentence(`${subject} to ${name} could not be delivered${note}: ${error}`);
  });
  const more = (failed[0]?.people ?? 0) - failed.length;
  if (more > 0) {
    const others = formatCount(more, 'other person', 'other people');
    lines.push(`Messages to ${others} could not be delivered either.`);
  }
  const stuck = await findStuckMessages(
    ctx.db,
    new Date(ctx.now.getTime() - minStuckHours * 3_600_000),
  );
  if (stuck) {
    const subject = formatCount(stuck.count, 'message has', 'messages have');
    lines.push(toSentence(`${subject} waited over an hour for delivery: ${stuck.error}`));
  }
  return lines;
}
