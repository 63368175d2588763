import type { App } from '@slack/bolt';
import { commentFromThread } from '../../governance/decisions/comments.ts';
import { nameMentions } from '../../governance/people/slack-accounts.ts';
import type { Miner } from '../../governance/role-mining/miner.ts';
import { replyByResponseUrl, replyInDm } from '../answers.ts';
import { ids } from '../ids.ts';
import { type Click, onAction, withErrorReply } from '../listen.ts';
import { createActorCtx, type SlackDeps } from '../people.ts';
import { commandButton } from '../state/records.ts';
import { toPlainComment } from './parse.ts';
import { runCommandLine } from './rolemine.ts';

/** Registers the slash command, and messages to the app with the same commands. */
export function listenToCommands(app: App, deps: SlackDeps, miner: Miner): void {
  app.command(ids.command, async ({ command, client, respond }) => {
    const reply = replyByResponseUrl((message) => respond(message));
    await withErrorReply(ids.command, reply, async () => {
      const ctx = await createActorCtx(deps, client, {
        userId: command.user_id,
        teamId: command.team_id,
      });
      const call = { deps, miner, client, ctx, reply, userId: command.user_id };
      await runCommandLine({ ...call, triggerId: command.trigger_id }, command.text ?? '');
    });
  });

  onAction(app, deps, ids.commandRun, async ({ value, ...click }: Click) => {
    await runCommandLine({ deps, miner, ...click }, commandButton.decode(value));
  });

  app.event('message', async ({ event, client, context }) => {
    // Only new messages of people in the conversation with the app. Edits and deletions in Slack do not change a
    // recorded comment.
    if (event.channel_type !== 'im' || !commentSubtypes.has(event.subtype)) return;
    if (('bot_id' in event && event.bot_id) || !('user' in event) || !event.user) return;
    const { user: userId } = event;
    const text = 'text' in event ? (event.text ?? '') : '';
    const threadTs = 'thread_ts' in event ? event.thread_ts : undefined;
    const reply = replyInDm(client, event.channel, threadTs);
    await withErrorReply('a direct message', reply, async () => {
      const user = { userId, teamId: context.teamId ?? deps.teamId };
      const ctx = await createActorCtx(deps, client, user);
      if (threadTs) {
        const thread = { channelId: event.channel, ts: threadTs };
        const comment = { ts: event.ts, text: await nameMentions(ctx, toPlainComment(text)) };
        if (!(await commentFromThread(ctx, thread, comment))) await reply({ text: strayReplyText });
        return;
      }
      const call = { deps, miner, client, ctx, reply, userId, triggerId: undefined };
      await runCommandLine(call, text);
    });
  });
}

/** A message, a reply that is also sent to the conversation, text with a file. */
const commentSubtypes = new Set<string | undefined>([undefined, 'thread_broadcast', 'file_share']);

const strayReplyText =
  'Nobody else sees this thread: it does not belong to a task. Reply below the card of a task, or choose Comment in its menu.';
