import type { SlackConfig } from '../config.ts';
import type { Ctx } from '../governance/context.ts';
import {
  assertNotDemo,
  claimForSandbox,
  claimForWorkspace,
} from '../governance/people/store-identity.ts';
import { type BotIdentity, readBotIdentity } from './app.ts';

/**
 * Checks that the store may be used with this connection, before anything else is written or sent.
 * @param options.isSandboxRequested the operator said `--sandbox`.
 * @returns the bot of the tokens; undefined in the sandbox.
 * @throws Refusal conflict: the store is of another kind or workspace; unavailable: Slack refuses the tokens.
 */
export async function claimStore(
  ctx: Ctx,
  slack: SlackConfig,
  { isSandboxRequested = false }: { isSandboxRequested?: boolean },
): Promise<BotIdentity | undefined> {
  if (slack.mode === 'sandbox') {
    await claimForSandbox(ctx, { isRequested: isSandboxRequested });
    return undefined;
  }
  // A demo is refused before Slack is asked.
  await assertNotDemo(ctx);
  const bot = await readBotIdentity(slack);
  await claimForWorkspace(ctx, { teamId: bot.teamId, name: bot.teamName });
  return bot;
}
