import type { App, BlockAction, ViewOutput, ViewSubmitAction } from '@slack/bolt';
import type { PlainTextOption, WebClient } from '@slack/web-api';
import type { ActorCtx } from '../governance/context.ts';
import { log } from '../log.ts';
import {
  describeError,
  openModal,
  type Reply,
  replyByResponseUrl,
  replyInDm,
  type SubmissionResult,
  submitModal,
} from './answers.ts';
import { plainText } from './blocks/kit/elements.ts';
import { sentenceView } from './blocks/kit/sentence.ts';
import { slackErrorCode } from './clients.ts';
import { isBlockOf, listTypedTexts } from './form.ts';
import { idPattern } from './ids.ts';
import { escapeMrkdwn } from './limits.ts';
import { createActorCtx, type SlackDeps } from './people.ts';

/** A click. The person who made it is read from the database. */
export interface Click {
  ctx: ActorCtx;
  client: WebClient;
  userId: string;
  actionId: string;
  /** The block of the clicked element. */
  blockId: string;
  /** Changes or answers the message of the click, five times within 30 minutes; undefined outside of messages. */
  responseUrl: string | undefined;
  /** The value of the button or of the chosen option. */
  value: string;
  triggerId: string;
  /** The modal or Home of the click. */
  view: ViewOutput | undefined;
  reply: Reply;
}

/**
 * Listens for a click. The person always gets an answer: from the handler, a refusal's sentence, or the number of
 * a bug. (app.ts acknowledges the click itself.)
 */
export function onAction(
  app: App,
  deps: SlackDeps,
  id: string,
  handle: (click: Click) => Promise<void>,
): void {
  app.action<BlockAction>(idPattern(id), async ({ body, action, client, respond }) => {
    const reply = body.response_url
      ? replyByResponseUrl((message) => respond(message))
      : replyInModal(client, body.trigger_id, body.view?.type === 'modal', body.user.id);
    await withErrorReply(id, reply, async () => {
      const ctx = await createActorCtx(deps, client, toUserRef(body, deps));
      await handle({
        ctx,
        client,
        userId: body.user.id,
        actionId: 'action_id' in action ? action.action_id : '',
        blockId: 'block_id' in action ? action.block_id : '',
        responseUrl: body.response_url || undefined,
        value: readActionValue(action),
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

interface SubmissionListener {
  id: string;
  /** The input beside which refusals show that name no field. Its block id starts with this. */
  field?: string;
  handle(submission: Submission): Promise<SubmissionResult>;
  /** true: another choice may succeed, so every refusal shows beside the field. */
  isCorrectable?: boolean;
}

/** Listens for the submission of a modal. */
export function onSubmit(
  app: App,
  deps: SlackDeps,
  { id, field, handle, isCorrectable = false }: SubmissionListener,
): void {
  app.view<ViewSubmitAction>(
    { callback_id: id, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      const modal = {
        client,
        userId: body.user.id,
        viewId: view.id,
        findBlockId: (name: string | undefined) =>
          findBlockId(view, name) ?? findBlockId(view, field),
        isCorrectable,
        typed: listTypedTexts(view.state.values),
      };
      await submitModal(ack, modal, async () => {
        const ctx = await createActorCtx(deps, client, toUserRef(body, deps));
        return handle({ ctx, client, view });
      });
    },
  );
}

/** The results of a search field: options, or groups of options under a heading. */
export type SearchResults =
  | PlainTextOption[]
  | { groups: { label: string; options: PlainTextOption[] }[] };

/** Listens for text typed in a search field. An error is logged and shows no options. */
export function onSearch(
  app: App,
  deps: SlackDeps,
  id: string,
  find: (
    ctx: ActorCtx,
    query: string,
    actionId: string,
    /** The modal that has the field. */
    view: ViewOutput | undefined,
  ) => Promise<SearchResults>,
): void {
  app.options(idPattern(id), async ({ ack, options: body, client }) => {
    let found: SearchResults = [];
    try {
      const query = 'value' in body && typeof body.value === 'string' ? body.value : '';
      const actionId = 'action_id' in body ? String(body.action_id) : '';
      const view = 'view' in body ? body.view : undefined;
      found = await find(
        await createActorCtx(deps, client, toUserRef(body, deps)),
        query,
        actionId,
        view,
      );
    } catch (error) {
      describeError(error, `searching for ${id}`);
    }
    if (Array.isArray(found)) return ack({ options: found });
    const groups = found.groups.filter(({ options }) => options.length > 0);
    await ack({
      option_groups: groups.map(({ label, options }) => ({ label: plainText(label, 75), options })),
    });
  });
}

/** Does the work and answers the person if it fails. */
export async function withErrorReply(
  doing: string,
  reply: Reply,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const sentence = escapeMrkdwn(describeError(error, doing));
    await reply({ text: sentence }).catch((failed) =>
      log.warn('an answer could not be sent', {
        doing,
        error: slackErrorCode(failed) ?? failed,
      }),
    );
  }
}

/**
 * Answers with a modal where there is no response_url: in App Home and in modals. Where Slack opens none, the answer
 * is a message: the click is older than 3 s, it has opened a modal already, or three modals are open.
 */
function replyInModal(
  client: WebClient,
  triggerId: string,
  isInModal: boolean,
  userId: string,
): Reply {
  // Slack takes tables in messages only, so a modal shows the classic form.
  return async (answer) => {
    const { text, blocks } = answer.classic ?? answer;
    const view = { ...sentenceView('Rolemine', text), ...(blocks ? { blocks } : {}) };
    try {
      await openModal({ client, triggerId }, async () => view, { isOnTop: isInModal });
    } catch (error) {
      if (!slackErrorCode(error)) throw error;
      await replyInDm(client, userId)({ text, blocks });
    }
  };
}

function toUserRef(
  body: {
    user: { id: string; team_id?: string | undefined };
    team?: { id: string } | null | undefined;
  },
  deps: SlackDeps,
) {
  return { userId: body.user.id, teamId: body.user.team_id ?? body.team?.id ?? deps.teamId };
}

function readActionValue(action: BlockAction['actions'][number]): string {
  if ('selected_option' in action && action.selected_option) {
    return 'value' in action.selected_option ? String(action.selected_option.value) : '';
  }
  return 'value' in action && typeof action.value === 'string' ? action.value : '';
}

function findBlockId(view: ViewOutput, field: string | undefined): string | undefined {
  const ids = view.blocks.map((block) => block.block_id ?? '');
  return field && ids.find((id) => isBlockOf(field, id));
}
