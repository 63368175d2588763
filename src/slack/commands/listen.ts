import type { App } from '@slack/bolt';
import { commentFromThread } from '../../governance/decisions/comments.ts';
import { nameMentions } from '../../governance/people/slack-accounts.ts';
import type { Miner } from '../../governance/role-mining/miner.ts';
import { replyInDm, replyTo } from '../answers.ts';
import { ids } from '../ids.ts';
import { answering } from '../listen.ts';
import { ctxFor, type SlackDeps } from '../people.ts';
import { plainComment } from './parse.ts';
import { runLine } from './rolemine.ts';

/** The slash command, and the same words typed to the app. */
export function listenToWords(app: App, deps: SlackDeps, miner: Miner): void {
  app.command(ids.command, async ({ command, client, respond }) => {
    const reply = replyTo((message) => respond(message));
    await answering(ids.command, reply, async () => {
      const ctx = await ctxFor(deps, client, {
        userId: command.user_id,
        teamId: command.team_id,
      });
      const call = { deps, miner, client, ctx, reply, userId: command.user_id };
      await runLine({ ...call, triggerId: command.trigger_id }, command.text ?? '');
    });
  });

  app.event('message', async ({ event, client, context }) => {
    // Only what a person types in the conversation with the app, and not bots. A comment stays as it was first
    // written: what is edited or deleted in Slack afterwards changes no record.
    if (event.channel_type !== 'im' || !written.has(event.subtype)) return;
    if (('bot_id' in event && event.bot_id) || !('user' in event) || !event.user) return;
    const { user: userId } = event;
    const text = 'text' in event ? (event.text ?? '') : '';
    const threadTs = 'thread_ts' in event ? event.thread_ts : undefined;
    const reply = replyInDm(client, event.channel, threadTs);
    await answering('a direct message', reply, async () => {
      const user = { userId, teamId: context.teamId ?? deps.teamId };
      const ctx = await ctxFor(deps, client, user);
      if (threadTs) {
        const thread = { channelId: event.channel, ts: threadTs };
        const said = { ts: event.ts, text: await nameMentions(ctx, plainComment(text)) };
        if (!(await commentFromThread(ctx, thread, said))) await reply({ text: strayReply });
        return;
      }
      const call = { deps, miner, client, ctx, reply, userId, triggerId: undefined };
      await runLine(call, text);
    });
  });
}

/** A message, a reply that is sent to the conversation as well, words beside a file. */
const written = new Set<string | undefined>([undefined, 'thread_broadcast', 'file_share']);

const strayReply =
  'Nobody else reads this thread: it does not belong to a card of a task. Reply below a card, or choose Comment in its menu.';
