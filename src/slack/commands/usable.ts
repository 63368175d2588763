import type { ActorCtx } from '../../governance/context.ts';
import { findActor } from '../../governance/people/slack-accounts.ts';
import type { SlackDeps } from '../people.ts';
import type { Command } from './call.ts';
import { commands, mayUse } from './command-table.ts';

/** A command with its summary, for the field where people type. */
export interface CommandHint {
  command: string;
  summary: string;
}

/** Lists the commands that somebody with these roles can use, in the order of help. */
export const usableCommands = (roles: ActorCtx['actor']['roles']): readonly Command[] =>
  commands.filter(({ role }) => mayUse(role, roles));

/** Lists the commands that a Slack user can use. A user unknown to Rolemine has no roles yet. */
export async function listCommandHints(
  { newCtx, teamId }: SlackDeps,
  userId: string,
): Promise<CommandHint[]> {
  const actor = await findActor(newCtx(), teamId, userId);
  return usableCommands(actor?.roles ?? []).map(({ name, summary }) => ({
    command: `/rolemine ${name}`,
    // Only Slack draws code in these texts.
    summary: summary.replaceAll('`', ''),
  }));
}
