import { problemLog } from '../../connectors/problems.ts';
import { Refusal } from '../../errors.ts';
import type { Ctx } from '../../governance/context.ts';
import { noteSlackUsers } from '../../governance/people/slack-directory.ts';
import { loadKnownInSlack } from '../../governance/people/slack-import.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { slackSource } from '../../slack/people-source.ts';
import type { StoreDeps } from '../store-deps.ts';
import { type ImportOptions, importSource } from './import-source.ts';

/**
 * Brings the members of the Slack workspace as people, and links them to their Slack users. @returns the exit code.
 * @throws Refusal unavailable: there is no Slack to read.
 */
export async function importSlack(
  deps: StoreDeps,
  options: ImportOptions,
  output: Output,
): Promise<number> {
  if (!deps.readSlackUsers) {
    throw new Refusal(
      'unavailable',
      'There is no Slack to read: set SLACK_BOT_TOKEN (and the token or secret with it), or start the sandbox first.',
    );
  }
  const startedAt = performance.now();
  const { db, wake } = deps;
  // Of before the reading: what Slack tells meanwhile is newer than what is read.
  const ctx: Ctx = { db, actor: undefined, via: 'cli', now: new Date(), wake };
  output.out('Reading the users of Slack, which allows some 4,000 a minute.');
  const users = await deps.readSlackUsers();
  const logs = { problems: problemLog(), warnings: problemLog() };
  const source = slackSource(users, await loadKnownInSlack(ctx), logs);
  const then = () => noteSlackUsers(ctx, users);
  return importSource(deps, ctx, source, { ...options, startedAt, then }, output);
}
