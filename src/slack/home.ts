import type { App } from '@slack/bolt';
import { Refusal } from '../errors.ts';
import { openHome } from '../governance/messages/home.ts';
import { recordMessageCopy } from '../governance/messages/messages.ts';
import { recordSlackUser } from '../governance/people/slack-directory.ts';
import { sentenceFor } from './answers.ts';
import { section } from './blocks/kit/elements.ts';
import { homeView } from './blocks/people/home.ts';
import { hashOf } from './content-hash.ts';
import { assertView, escapeMrkdwn } from './limits.ts';
import { ctxFor, type SlackDeps, toSlackUser } from './people.ts';

/** App Home: drawn when it is opened; the outbox keeps it up to date from then on. */
export function listenToHome(app: App, deps: SlackDeps): void {
  app.event('app_home_opened', async ({ event, client, context }) => {
    if (event.tab !== 'home') return;
    try {
      const user = { userId: event.user, teamId: context.teamId ?? deps.teamId };
      const ctx = await ctxFor(deps, client, user);
      const view = homeView(await openHome(ctx));
      assertView(view);
      await client.views.publish({ user_id: event.user, view });
      // The outbox compares with what is shown, whoever published it.
      const { personId } = ctx.actor;
      const key = { recipientId: personId, kind: 'home', subjectId: personId } as const;
      await recordMessageCopy(ctx, key, { surface: 'slack', contentHash: hashOf(view) });
    } catch (error) {
      const sentence = sentenceFor(error, 'opening App Home');
      const blocks = [section(escapeMrkdwn(sentence))];
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
      if (!(error instanceof Refusal)) throw error;
    }
  });

  app.event('user_change', async ({ event }) => {
    await recordSlackUser(deps.newCtx(), toSlackUser(event.user, deps.teamId));
  });
}
