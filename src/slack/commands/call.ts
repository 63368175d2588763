import type { WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../governance/context.ts';
import type { roleNames } from '../../governance/permissions.ts';
import type { Miner } from '../../governance/role-mining/miner.ts';
import type { Reply } from '../answers.ts';
import type { SlackDeps } from '../people.ts';

/** One line of `/rolemine …`, from the slash command or from a message to the app. */
export interface CommandCall {
  deps: SlackDeps;
  miner: Miner;
  client: WebClient;
  ctx: ActorCtx;
  rest: string;
  reply: Reply;
  /** Only a slash command can open a modal. The answer to a message has a button for it. */
  triggerId: string | undefined;
  userId: string;
}

/** A command of `/rolemine`, as help and docs/commands.md show it. */
export interface Command {
  /** The word that people type. */
  name: string;
  /** The command with its arguments. */
  usage: string;
  /** One line for help, without a period. */
  summary: string;
  /** Two to four sentences for the reference. */
  details: string;
  /** The role that the command needs. The verbs check permissions; this only tells people. */
  role: 'everyone' | keyof typeof roleNames;
  example: string;
  run(call: CommandCall): Promise<void>;
}
