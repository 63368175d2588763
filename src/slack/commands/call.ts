import type { WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../governance/context.ts';
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
