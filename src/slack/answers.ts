import type { AckFn, ViewResponseAction } from '@slack/bolt';
import type {
  KnownBlock,
  ModalView,
  SectionBlock,
  ViewsUpdateArguments,
  WebClient,
} from '@slack/web-api';
import { Refusal } from '../errors.ts';
import { log, logBug } from '../log.ts';
import { sentenceView } from './blocks/kit/sentence.ts';
import { retryWhenLimited, slackErrorCode } from './clients.ts';
import { assertMessage, assertView, checkMessage, escapeMrkdwn } from './limits.ts';

/** What a person is answered, where only they see it. */
export interface Answer {
  text: string;
  blocks?: KnownBlock[] | undefined;
  /** The same without blocks that a Slack client or server may refuse. */
  classic?: { text: string; blocks: KnownBlock[] } | undefined;
}

export type Reply = (answer: Answer) => Promise<void>;

/** Slack's answers to a trigger_id older than 3 s. */
const expiredCodes = new Set(['expired_trigger_id', 'trigger_expired']);

/** The words for an error: a refusal's own sentence, or the id under which a bug is in the log. */
export function sentenceFor(error: unknown, doing: string): string {
  if (error instanceof Refusal) return error.message;
  if (expiredCodes.has(slackErrorCode(error) ?? '')) {
    return 'Rolemine was busy for too long to open a window for this; press it again.';
  }
  const id = logBug(`a Slack listener failed: ${doing}`, error);
  return `Something went wrong and nothing was changed. Try again; if it stays, tell your admin this number: ${id}.`;
}

/** Answers through a response_url: only the person who acted sees it, and it outlives channel rules. */
export function replyTo(respond: (message: Record<string, unknown>) => Promise<unknown>): Reply {
  return async (answer) => {
    const send = (text: string, blocks: KnownBlock[] | undefined) => {
      assertMessage({ text, ...(blocks ? { blocks } : {}) });
      return respond({
        response_type: 'ephemeral',
        replace_original: false,
        text,
        ...(blocks ? { blocks } : {}),
      });
    };
    try {
      await send(answer.text, answer.blocks);
    } catch (error) {
      if (!answer.classic) throw error;
      log.info('Slack refused a rich answer; sending the classic one', { error: String(error) });
      await send(answer.classic.text, answer.classic.blocks);
    }
  };
}

/** Answers as a message in the conversation with the app, or in a thread there. */
export function replyInDm(client: WebClient, channel: string, threadTs?: string): Reply {
  return async (answer) => {
    const send = (text: string, blocks: KnownBlock[] | undefined) => {
      assertMessage({ text, ...(blocks ? { blocks } : {}) });
      const thread = threadTs ? { thread_ts: threadTs } : {};
      const message = { channel, ...thread, text, ...(blocks ? { blocks } : {}) };
      // Somebody who writes faster than a line a second is answered a little later, not never.
      return retryWhenLimited(
        () => client.chat.postMessage({ ...message, unfurl_links: false, unfurl_media: false }),
        5,
      );
    };
    try {
      await send(answer.text, answer.blocks);
    } catch (error) {
      if (!answer.classic || !slackErrorCode(error)) throw error;
      await send(answer.classic.text, answer.classic.blocks);
    }
  };
}

/** How long a modal may take before something is shown in its place; a trigger_id lives for 3 s. */
const patienceMs = 1_200;
/** The same for a modal of which a part is known at once. */
const shortPatienceMs = 300;

/**
 * Opens a modal that takes time to prepare: at once when it is ready soon, else a "Loading…" that fills in.
 * A refusal becomes the modal's words, so that every click is answered.
 */
export async function openModal(
  client: WebClient,
  triggerId: string,
  prepare: () => Promise<ModalView>,
  /** true: on top of the modal that is open. */
  push = false,
  /** What can be shown before all of it is ready, in the place of "Loading…". */
  known?: () => Promise<ModalView>,
): Promise<void> {
  const ready = prepare().catch((error) =>
    sentenceView('Rolemine', escapeMrkdwn(sentenceFor(error, 'opening a modal'))),
  );
  const open = (view: ModalView) => {
    assertView(view);
    return push
      ? client.views.push({ trigger_id: triggerId, view })
      : client.views.open({ trigger_id: triggerId, view });
  };
  const soon = await withinPatience(ready, known ? shortPatienceMs : patienceMs);
  if (soon) {
    await open(soon);
    return;
  }
  // What goes wrong with a part is told with the whole.
  const part = known && (await withinPatience(known().catch(() => undefined)));
  const opened = await open(part ?? sentenceView('Rolemine', 'Loading…'));
  await updateModal(client, opened.view?.id, await ready);
}

/** The words of a window while something is done in it. */
const working = 'Working on it…';

/**
 * Does something that a click asked for, and tells in a window how it ended: in the modal the click was made in, as
 * Slack stacks no more than three, or in a new one. Nothing is done before there is a window, so that nobody is told
 * that nothing was changed where something was. Who has closed it meanwhile is told in a message.
 * @param on.view the modal or Home of the click. @param isOnTop a modal stays, and another is put on top of it.
 */
export async function workInModal(
  client: WebClient,
  on: { triggerId: string; userId: string; view: { id: string; type: string } | undefined },
  work: () => Promise<ModalView>,
  isOnTop = false,
): Promise<void> {
  const isModal = on.view?.type === 'modal';
  const isHere = isModal && !isOnTop;
  let viewId = on.view?.id;
  if (!isHere) {
    const opening = { trigger_id: on.triggerId, view: sentenceView('Rolemine', working) };
    const opened = await (isModal ? client.views.push(opening) : client.views.open(opening));
    viewId = opened.view?.id;
  }
  const done = work().catch((error) =>
    sentenceView('Rolemine', escapeMrkdwn(sentenceFor(error, 'working in a modal'))),
  );
  if (isHere && !(await withinPatience(done))) {
    await updateModal(client, viewId, sentenceView('Rolemine', working));
  }
  await fillIn(client, viewId ?? '', await done, on.userId);
}

/** Draws a modal anew; one that was closed in the meantime needs nothing. */
export async function updateModal(
  client: WebClient,
  viewId: string | undefined,
  view: ModalView,
): Promise<void> {
  if (viewId) await isRedrawn(client, viewId, view);
}

/** @returns false when the modal was closed in the meantime. */
async function isRedrawn(client: WebClient, viewId: string, view: ModalView): Promise<boolean> {
  assertView(view);
  const change: ViewsUpdateArguments = { view_id: viewId, view };
  try {
    await client.views.update(change);
    return true;
  } catch (error) {
    if (slackErrorCode(error) !== 'not_found') throw error;
    return false;
  }
}

/** What a submission leads to: the modal closes, shows something else, or marks the field that is wrong. */
export type Outcome = ModalView | 'close';

/**
 * Carries out a submitted modal within Slack's 3 s: when it takes longer, the modal says so and is filled
 * in later, or told in a message if it has been closed. A refusal of the input is shown beside the field it names
 * (of a form that can be corrected, any refusal is),
 * else in the place of the form.
 */
export async function submitModal(
  ack: AckFn<ViewResponseAction>,
  client: WebClient,
  viewId: string,
  field: { blockIdOf(name: string | undefined): string | undefined; isCorrectable: boolean },
  userId: string,
  work: () => Promise<Outcome>,
): Promise<void> {
  const done = work().then(
    (outcome) => ({ outcome }),
    (error) => ({
      sentence: sentenceFor(error, 'submitting a modal'),
      isRefusal: error instanceof Refusal,
      isInvalid: error instanceof Refusal && error.code === 'invalid',
      field: error instanceof Refusal ? error.field : undefined,
    }),
  );
  const soon = await withinPatience(done);
  const asView = (sentence: string) => sentenceView('Rolemine', escapeMrkdwn(sentence));
  if (!soon) {
    await ack({ response_action: 'update', view: asView(working) });
    const late = await done;
    const view = 'sentence' in late ? asView(late.sentence) : late.outcome;
    await fillIn(client, viewId, view === 'close' ? asView('Done.') : view, userId);
  } else if ('sentence' in soon) {
    const isBeside = soon.isInvalid || (field.isCorrectable && soon.isRefusal);
    const blockId = field.blockIdOf(soon.field);
    if (blockId && isBeside) {
      await ack({ response_action: 'errors', errors: { [blockId]: soon.sentence } });
    } else {
      await ack({ response_action: 'update', view: asView(soon.sentence) });
    }
  } else if (soon.outcome === 'close') {
    await ack();
  } else {
    assertView(soon.outcome);
    await ack({ response_action: 'update', view: soon.outcome });
  }
}

/** Shows how it ended; who has closed the window meanwhile is told in a message. */
async function fillIn(
  client: WebClient,
  viewId: string,
  view: ModalView,
  userId: string,
): Promise<void> {
  if (await isRedrawn(client, viewId, view)) return;
  const blocks = view.blocks
    .filter((block): block is SectionBlock => block.type === 'section')
    .slice(0, 10);
  const text = blocks[0]?.text?.text ?? 'Done.';
  const isTooLong = checkMessage({ text, blocks }).length > 0;
  await replyInDm(client, userId)({ text, blocks: isTooLong ? blocks.slice(0, 1) : blocks });
}

async function withinPatience<T>(work: Promise<T>, ms = patienceMs): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
