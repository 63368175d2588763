import type { App } from '@slack/bolt';
import { Refusal } from '../errors.ts';
import { openHome } from '../governance/messages/home.ts';
import { recordMessageCopy } from '../governance/messages/messages.ts';
import { recordSlackUser } from '../governance/people/slack-directory.ts';
import { describeError } from './answers.ts';
import { section } from './blocks/kit/elements.ts';
import { homeView } from './blocks/people/home.ts';
import { hashContent } from './content-hash.ts';
import { assertView, escapeMrkdwn } from './limits.ts';
import { createActorCtx, type SlackDeps, toSlackUser } from './people.ts';

/** Draws App Home when a person opens it. From then on the outbox keeps it up to date. */
export function listenToHome(app: App, deps: SlackDeps): void {
  app.event('app_home_opened', async ({ event, client, context }) => {
    if (event.tab !== 'home') return;
    try {
      const user = { userId: event.user, teamId: context.teamId ?? deps.teamId };
      const ctx = await createActorCtx(deps, client, user);
      const view = homeView(await openHome(ctx));
      assertView(view);
      await client.views.publish({ user_id: event.user, view });
      // The outbox compares later contents with this hash.
      const { personId } = ctx.actor;
      const key = { recipientId: personId, kind: 'home', subjectId: personId } as const;
      await recordMessageCopy(ctx, key, { surface: 'slack', contentHash: hashContent(view) });
    } catch (error) {
      const sentence = describeError(error, 'opening App Home');
      const blocks = [section(escapeMrkdwn(sentence))];
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
      if (!(error instanceof Refusal)) throw error;
    }
  });

  app.event('user_change', async ({ event }) => {
    await recordSlackUser(deps.newCtx(), toSlackUser(event.user, deps.teamId));
  });
}
