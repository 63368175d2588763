import type { App } from '@slack/bolt';
import { commentFromThread } from '../../governance/comments.ts';
import type { Miner } from '../../governance/miner.ts';
import { nameMentions } from '../../governance/people-links.ts';
import { replyInDm, replyTo } from '../answers.ts';
import { ids } from '../ids.ts';
import { answering } from '../listen.ts';
import { ctxFor, type SlackDeps } from '../people.ts';
import { plainCommand } from './parse.ts';
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
    // Only what a person types in the conversation with the app; not edits or bots.
    if (event.channel_type !== 'im' || event.subtype !== undefined) return;
    if ('bot_id' in event && event.bot_id) return;
    const reply = replyInDm(client, event.channel);
    await answering('a direct message', reply, async () => {
      const user = { userId: event.user, teamId: context.teamId ?? deps.teamId };
      const ctx = await ctxFor(deps, client, user);
      if ('thread_ts' in event && event.thread_ts) {
        const thread = { channelId: event.channel, ts: event.thread_ts };
        const text = await nameMentions(ctx, plainCommand(event.text ?? ''));
        await commentFromThread(ctx, thread, { ts: event.ts, text });
        return;
      }
      const call = { deps, miner, client, ctx, reply, userId: event.user, triggerId: undefined };
      await runLine(call, event.text ?? '');
    });
  });
}
