import { createProblemLog } from '../../connectors/problems.ts';
import { Refusal } from '../../errors.ts';
import type { Ctx } from '../../governance/context.ts';
import { recordSlackUsers } from '../../governance/people/slack-directory.ts';
import { loadKnownSlackPeople } from '../../governance/people/slack-import.ts';
import { assertWorkspace, claimForWorkspace } from '../../governance/people/store-identity.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { createSlackSource } from '../../slack/people-source.ts';
import type { StoreDeps } from '../store-deps.ts';
import { type ImportOptions, importSource } from './import-source.ts';

/**
 * Imports the members of the Slack workspace as people and links them to their Slack accounts.
 * @returns the exit code.
 * @throws Refusal unavailable: no Slack workspace is connected.
 */
export async function importSlack(
  deps: StoreDeps,
  options: ImportOptions,
  output: Output,
): Promise<number> {
  if (!deps.readSlackUsers) {
    throw new Refusal(
      'unavailable',
      'No Slack workspace is connected. Set SLACK_BOT_TOKEN with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET, or start the sandbox first.',
    );
  }
  const startedAt = performance.now();
  const { db, timeZone, wake, operator } = deps;
  // From before the reading: changes that Slack reports meanwhile are newer than the data read.
  const ctx: Ctx = { db, actor: undefined, via: 'cli', operator, now: new Date(), timeZone, wake };
  const workspace = await deps.readWorkspace?.();
  if (workspace) await assertWorkspace(ctx, workspace);
  output.out('Reading the Slack users, about 4,000 a minute.');
  const users = await deps.readSlackUsers();
  const logs = { problems: createProblemLog(), warnings: createProblemLog() };
  const source = createSlackSource(users, await loadKnownSlackPeople(ctx), logs);
  const then = async () => {
    if (workspace) await claimForWorkspace(ctx, workspace);
    await recordSlackUsers(ctx, users);
  };
  return importSource(deps, ctx, source, { ...options, startedAt, then }, output);
}
