import type { App, BlockAction, ViewOutput, ViewSubmitAction } from '@slack/bolt';
import type { PlainTextOption, WebClient } from '@slack/web-api';
import type { ActorCtx } from '../governance/context.ts';
import { log } from '../log.ts';
import {
  type Outcome,
  openModal,
  type Reply,
  replyInDm,
  replyTo,
  sentenceFor,
  submitModal,
} from './answers.ts';
import { plainText } from './blocks/kit/elements.ts';
import { sentenceView } from './blocks/kit/sentence.ts';
import { slackErrorCode } from './clients.ts';
import { isBlockOf } from './form.ts';
import { idPattern } from './ids.ts';
import { escapeMrkdwn } from './limits.ts';
import { ctxFor, type SlackDeps } from './people.ts';

/** A click, with the person who made it read from the database. */
export interface Click {
  ctx: ActorCtx;
  client: WebClient;
  userId: string;
  actionId: string;
  /** The button's value, or that of the chosen option. */
  value: string;
  triggerId: string;
  /** The modal or Home the click was made in. */
  view: ViewOutput | undefined;
  reply: Reply;
}

/**
 * Listens for a click. Whatever happens, the person is answered: with what the handler says, with a
 * refusal's sentence, or with the number of a bug. (The click itself is acknowledged in app.ts.)
 */
export function onAction(
  app: App,
  deps: SlackDeps,
  id: string,
  handle: (click: Click) => Promise<void>,
): void {
  app.action<BlockAction>(idPattern(id), async ({ body, action, client, respond }) => {
    const reply = body.response_url
      ? replyTo((message) => respond(message))
      : replyInWindow(client, body.trigger_id, body.view?.type === 'modal', body.user.id);
    await answering(id, reply, async () => {
      const ctx = await ctxFor(deps, client, userOf(body, deps));
      await handle({
        ctx,
        client,
        userId: body.user.id,
        actionId: 'action_id' in action ? action.action_id : '',
        value: chosenValue(action),
        triggerId: body.trigger_id,
        view: body.view,
        reply,
      });
    });
  });
}

/** A submitted modal. */
export interface Submission {
  ctx: ActorCtx;
  client: WebClient;
  view: ViewOutput;
}

/**
 * Listens for a submission. `field` starts the block id of the input beside which a refusal of the input is
 * shown that names no other; `isCorrectable`: another choice would do, so that every refusal is shown there.
 */
export function onSubmit(
  app: App,
  deps: SlackDeps,
  id: string,
  field: string | undefined,
  handle: (submission: Submission) => Promise<Outcome>,
  isCorrectable = false,
): void {
  app.view<ViewSubmitAction>(
    { callback_id: id, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      await submitModal(
        ack,
        client,
        view.id,
        { blockIdOf: (name) => blockIdIn(view, name) ?? blockIdIn(view, field), isCorrectable },
        body.user.id,
        async () => {
          const ctx = await ctxFor(deps, client, userOf(body, deps));
          return handle({ ctx, client, view });
        },
      );
    },
  );
}

/** What a search field offers: options, or groups of them under a heading. */
export type Offer = PlainTextOption[] | { groups: { label: string; options: PlainTextOption[] }[] };

/** Listens for what is typed in a search field. An error answers with no option, and is logged. */
export function onSearch(
  app: App,
  deps: SlackDeps,
  id: string,
  find: (
    ctx: ActorCtx,
    query: string,
    actionId: string,
    /** The modal the field is in. */
    view: ViewOutput | undefined,
  ) => Promise<Offer>,
): void {
  app.options(idPattern(id), async ({ ack, options: body, client }) => {
    let found: Offer = [];
    try {
      const query = 'value' in body && typeof body.value === 'string' ? body.value : '';
      const actionId = 'action_id' in body ? String(body.action_id) : '';
      const view = 'view' in body ? body.view : undefined;
      found = await find(await ctxFor(deps, client, userOf(body, deps)), query, actionId, view);
    } catch (error) {
      sentenceFor(error, `searching for ${id}`);
    }
    if (Array.isArray(found)) return ack({ options: found });
    const groups = found.groups.filter(({ options }) => options.length > 0);
    await ack({
      option_groups: groups.map(({ label, options }) => ({ label: plainText(label, 75), options })),
    });
  });
}

/** Answers what goes wrong in `work`, where the person looks. */
export async function answering(
  doing: string,
  reply: Reply,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const sentence = escapeMrkdwn(sentenceFor(error, doing));
    await reply({ text: sentence }).catch((failed) =>
      log.warn('an answer did not reach the person', {
        doing,
        error: slackErrorCode(failed) ?? failed,
      }),
    );
  }
}

/**
 * Where there is no response_url (App Home, a modal), an answer is a window of its own. Where Slack opens none (the
 * click is older than 3 s or has opened one already, three windows lie on each other), it is a message.
 */
function replyInWindow(
  client: WebClient,
  triggerId: string,
  inModal: boolean,
  userId: string,
): Reply {
  // Tables are for messages only, so a window takes the classic form.
  return async (answer) => {
    const { text, blocks } = answer.classic ?? answer;
    const view = { ...sentenceView('Rolemine', text), ...(blocks ? { blocks } : {}) };
    try {
      await openModal(client, triggerId, async () => view, inModal);
    } catch (error) {
      if (!slackErrorCode(error)) throw error;
      await replyInDm(client, userId)({ text, blocks });
    }
  };
}

function userOf(
  body: {
    user: { id: string; team_id?: string | undefined };
    team?: { id: string } | null | undefined;
  },
  deps: SlackDeps,
) {
  return { userId: body.user.id, teamId: body.user.team_id ?? body.team?.id ?? deps.teamId };
}

function chosenValue(action: BlockAction['actions'][number]): string {
  if ('selected_option' in action && action.selected_option) {
    return 'value' in action.selected_option ? String(action.selected_option.value) : '';
  }
  return 'value' in action && typeof action.value === 'string' ? action.value : '';
}

function blockIdIn(view: ViewOutput, field: string | undefined): string | undefined {
  const ids = view.blocks.map((block) => block.block_id ?? '');
  return field && ids.find((id) => isBlockOf(field, id));
}
