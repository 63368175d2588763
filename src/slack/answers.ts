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
import { quoteText, section } from './blocks/kit/elements.ts';
import { sentenceView } from './blocks/kit/sentence.ts';
import { retryWhenLimited, slackErrorCode } from './clients.ts';
import { assertMessage, assertView, checkMessage, clampPlainText, escapeMrkdwn } from './limits.ts';

/** An answer that only the person who acted sees. */
export interface Answer {
  text: string;
  blocks?: KnownBlock[] | undefined;
  /** The same answer without blocks that Slack may refuse, such as tables. */
  classic?: { text: string; blocks: KnownBlock[] } | undefined;
}

export type Reply = (answer: Answer) => Promise<void>;

/** Slack's error codes for a trigger_id older than 3 s. */
const expiredCodes = new Set(['expired_trigger_id', 'trigger_expired']);

/** A refusal may repeat what was typed, which can be longer than Slack takes. */
const maxSentence = 2_000;

/** Describes an error to the person: a refusal's own sentence, or the id of the bug in the log. */
export function describeError(error: unknown, doing: string): string {
  if (error instanceof Refusal) return clampPlainText(nameMentions(error.message), maxSentence);
  if (expiredCodes.has(slackErrorCode(error) ?? '')) {
    return 'Rolemine took too long to open this. Press the button again.';
  }
  const id = logBug(`a Slack listener failed: ${doing}`, error);
  return `Something went wrong and nothing was changed. Try again. If it fails again, give your admin this number: ${id}.`;
}

/** Writes mentions that a refusal repeats as people typed them: "@ana" for `<@U1|ana>`. */
function nameMentions(sentence: string): string {
  return sentence.replace(/<@[A-Z0-9]+(?:\|([^<>|]*))?>/g, (_, name = '') =>
    name ? `@${name}` : 'the mentioned person',
  );
}

/** Answers through a response_url: only the person who acted sees the answer, in any channel. */
export function replyByResponseUrl(
  respond: (message: Record<string, unknown>) => Promise<unknown>,
): Reply {
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
      log.info('Slack refused an answer with a table; it is sent without one', {
        error: String(error),
      });
      await send(answer.classic.text, answer.classic.blocks);
    }
  };
}

/** Draws an answer again at its response_url. Slack takes five changes within 30 minutes. */
export async function replaceAnswer(url: string, answer: Answer): Promise<void> {
  const { text, blocks } = answer;
  assertMessage({ text, ...(blocks ? { blocks } : {}) });
  const body = JSON.stringify({ replace_original: true, text, blocks });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`Slack answered ${response.status} to a changed answer`);
}

/** Answers with a message in the conversation with the app, or in a thread there. */
export function replyInDm(client: WebClient, channel: string, threadTs?: string): Reply {
  return async (answer) => {
    const send = (text: string, blocks: KnownBlock[] | undefined) => {
      assertMessage({ text, ...(blocks ? { blocks } : {}) });
      const thread = threadTs ? { thread_ts: threadTs } : {};
      const message = { channel, ...thread, text, ...(blocks ? { blocks } : {}) };
      // Slack takes one message a second. Answers to faster lines come later.
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

/** After this time a placeholder opens in place of a modal: a trigger_id lives for 3 s. */
const maxWaitMs = 1_200;
/** The same for a modal that can show a part of its contents first. */
const maxShortWaitMs = 300;

interface OpeningOptions {
  /** true: on top of the open modal. */
  isOnTop?: boolean;
  /** Prepares a part that shows in place of "Loading…". */
  prepareFirst?: () => Promise<ModalView>;
}

/**
 * Opens a modal that may take time to prepare. A slow one opens as "Loading…" and is updated. A refusal shows in
 * the modal, so that every click is answered.
 */
export async function openModal(
  { client, triggerId }: { client: WebClient; triggerId: string },
  prepare: () => Promise<ModalView>,
  { isOnTop = false, prepareFirst }: OpeningOptions = {},
): Promise<void> {
  const prepared = prepare().catch((error) =>
    sentenceView('Rolemine', escapeMrkdwn(describeError(error, 'opening a modal'))),
  );
  const ready = isOnTop ? prepared : prepared.then(asFirstModal);
  const open = (view: ModalView) => {
    assertView(view);
    return isOnTop
      ? client.views.push({ trigger_id: triggerId, view })
      : client.views.open({ trigger_id: triggerId, view });
  };
  const soon = await awaitBriefly(ready, prepareFirst ? maxShortWaitMs : maxWaitMs);
  if (soon) {
    await open(soon);
    return;
  }
  // An error in the first part shows up again in the whole, which reports it.
  const part = prepareFirst && (await awaitBriefly(prepareFirst().catch(() => undefined)));
  const opened = await open(part ?? sentenceView('Rolemine', 'Loading…'));
  await updateModal(client, opened.view?.id, await ready);
}

/** A modal with nothing below it: "Back" would lead nowhere. */
export function asFirstModal(view: ModalView): ModalView {
  if (view.close?.text !== 'Back') return view;
  return { ...view, close: { ...view.close, text: view.submit ? 'Cancel' : 'Close' } };
}

/** The text of a modal while the work behind it runs. */
const workingText = 'Working on it…';

interface ClickPlace {
  triggerId: string;
  userId: string;
  /** The modal or Home of the click. */
  view: { id: string; type: string } | undefined;
  /** true: the modal of the click stays, and a new one opens on top of it. */
  isOnTop?: boolean;
}

/**
 * Does the work of a click and shows the result in a modal: the modal of the click, since Slack stacks no more than
 * three, or a new one. The modal opens before the work begins. If it could not open, the answer "nothing was
 * changed" is true. A person who has closed the modal meanwhile gets the result as a message.
 */
export async function runInModal(
  client: WebClient,
  on: ClickPlace,
  work: () => Promise<ModalView>,
): Promise<void> {
  const isModal = on.view?.type === 'modal';
  const isHere = isModal && !on.isOnTop;
  let viewId = on.view?.id;
  if (!isHere) {
    const opening = { trigger_id: on.triggerId, view: sentenceView('Rolemine', workingText) };
    const opened = await (isModal ? client.views.push(opening) : client.views.open(opening));
    viewId = opened.view?.id;
  }
  const done = work().catch((error) =>
    sentenceView('Rolemine', escapeMrkdwn(describeError(error, 'working in a modal'))),
  );
  if (isHere && !(await awaitBriefly(done))) {
    await updateModal(client, viewId, sentenceView('Rolemine', workingText));
  }
  await showResult({ client, userId: on.userId, viewId: viewId ?? '' }, await done);
}

/** Draws a modal again, unless the person has closed it. */
export async function updateModal(
  client: WebClient,
  viewId: string | undefined,
  view: ModalView,
): Promise<void> {
  if (viewId) await redrawModal(client, viewId, view);
}

/** @returns false when the person has closed the modal. */
async function redrawModal(client: WebClient, viewId: string, view: ModalView): Promise<boolean> {
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

/** After a submission the modal shows another view or closes. */
export type SubmissionResult = ModalView | 'close';

interface SubmittedModal {
  client: WebClient;
  userId: string;
  viewId: string;
  findBlockId(field: string | undefined): string | undefined;
  /** Another choice may succeed, so every refusal shows beside a field. */
  isCorrectable: boolean;
  /** The texts that the person typed into the form. */
  typed: readonly string[];
}

/**
 * Carries out a submitted modal within Slack's 3 s. Work that takes longer shows its result later, in the modal or,
 * if that was closed, in a message. A refusal of the input shows beside the field that it names. Every other refusal
 * takes the place of the form, unless the form is correctable, and shows the typed text again.
 */
export async function submitModal(
  ack: AckFn<ViewResponseAction>,
  modal: SubmittedModal,
  work: () => Promise<SubmissionResult>,
): Promise<void> {
  const done = work().then(
    (outcome) => ({ outcome }),
    (error) => ({
      sentence: describeError(error, 'submitting a modal'),
      isRefusal: error instanceof Refusal,
      isInvalid: error instanceof Refusal && error.code === 'invalid',
      field: error instanceof Refusal ? error.field : undefined,
    }),
  );
  const soon = await awaitBriefly(done);
  const asView = (sentence: string) => sentenceView('Rolemine', escapeMrkdwn(sentence));
  const asRefusal = (sentence: string) => withTyped(asView(sentence), modal.typed);
  if (!soon) {
    await ack({ response_action: 'update', view: asView(workingText) });
    const late = await done;
    const view = 'sentence' in late ? asRefusal(late.sentence) : late.outcome;
    await showResult(modal, view === 'close' ? asView('Done.') : view);
  } else if ('sentence' in soon) {
    const isBeside = soon.isInvalid || (modal.isCorrectable && soon.isRefusal);
    const blockId = modal.findBlockId(soon.field);
    if (blockId && isBeside) {
      await ack({ response_action: 'errors', errors: { [blockId]: soon.sentence } });
    } else {
      await ack({ response_action: 'update', view: asRefusal(soon.sentence) });
    }
  } else if (soon.outcome === 'close') {
    await ack();
  } else {
    assertView(soon.outcome);
    await ack({ response_action: 'update', view: soon.outcome });
  }
}

/** Shows what somebody typed below a refusal, so that they can copy it. */
function withTyped(view: ModalView, typed: readonly string[]): ModalView {
  const quotes = typed.flatMap((text) => (text.trim() ? [section(quoteText(text, 2_900))] : []));
  if (quotes.length === 0) return view;
  return { ...view, blocks: [...view.blocks, section('*Your text*, to copy:'), ...quotes] };
}

/** Shows the result in the modal, or in a message if the person has closed the modal. */
async function showResult(
  { client, userId, viewId }: Pick<SubmittedModal, 'client' | 'userId' | 'viewId'>,
  view: ModalView,
): Promise<void> {
  if (await redrawModal(client, viewId, view)) return;
  const blocks = view.blocks
    .filter((block): block is SectionBlock => block.type === 'section')
    .slice(0, 10);
  const text = blocks[0]?.text?.text ?? 'Done.';
  const isTooLong = checkMessage({ text, blocks }).length > 0;
  await replyInDm(client, userId)({ text, blocks: isTooLong ? blocks.slice(0, 1) : blocks });
}

async function awaitBriefly<T>(work: Promise<T>, ms = maxWaitMs): Promise<T | undefined> {
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
