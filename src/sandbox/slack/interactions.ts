import { checkSuggestions } from '../../slack/limits.ts';
import { type Dict, isDict, listAt, stringAt } from '../dict.ts';
import { findInputProblems } from './input-problems.ts';
import type { AppLink, EnvelopeType, LinkDelivery } from './link.ts';
import * as payloads from './payloads.ts';
import { postResponse } from './responses.ts';
import { SlackError } from './slack-error.ts';
import { listOptions, type Placed, recordInput, toChosenState, toStateValues } from './state.ts';
import type { VisibleSurface } from './surfaces.ts';
import type { SlackPerson } from './users.ts';
import type { ViewRecord, Views } from './views.ts';
import type { SandboxWorkspace } from './workspace.ts';

/** The result of an interaction. `trouble` is the sentence that Slack shows if the app failed. */
export interface InteractionResult {
  ok: boolean;
  trouble?: string;
}

export interface SubmitOutcome extends InteractionResult {
  /** By block_id, from the client's own checks or from the app. */
  errors?: Record<string, string>;
  action?: 'close' | 'errors' | 'update' | 'push' | 'clear';
}

const failureSentences = {
  late: 'This app took longer than 3 seconds to answer (operation_timeout). Try again?',
  failed: 'We had some trouble connecting to the app (dispatch_failed). Try again?',
} as const;

interface Parts {
  workspace: SandboxWorkspace;
  views: Views;
  link: AppLink;
  baseUrl: () => string;
  /** The app's slash commands. */
  commands: string[];
}

/** Delivers people's actions to the app and applies its acknowledgments. */
export class Interactions {
  readonly #parts: Parts;
  /** The last options that the app offered for each external select, by surface and element. */
  readonly #offeredOptions = new Map<string, Dict[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async command(person: SlackPerson, command: string, text: string): Promise<InteractionResult> {
    if (!this.#parts.commands.includes(command)) {
      return this.#fail(person, `${command} is not a valid command.`);
    }
    const payload = payloads.createSlashCommand(this.#context(), person, command, text);
    const delivery = await this.#deliver('slash_commands', payload);
    if (delivery.kind !== 'acknowledged') {
      const error = delivery.kind === 'late' ? 'operation_timeout' : 'dispatch_failed';
      return this.#fail(person, `${command} failed with the error "${error}"`);
    }
    const answer =
      typeof delivery.payload === 'string' ? { text: delivery.payload } : delivery.payload;
    if (!isDict(answer) || (!answer.text && !answer.blocks)) return { ok: true };
    try {
      postResponse(this.#parts.workspace, String(payload.channel_id), answer);
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return this.#fail(person, `${command} failed with the error "${error.code}"`);
    }
    return { ok: true };
  }

  async dm(person: SlackPerson, text: string, threadTs?: string): Promise<string> {
    const { workspace } = this.#parts;
    const plain = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    const escaped = payloads.escapeMentions(workspace, plain, (id) => `<@${id}>`);
    const { id } = workspace.conversationWith(person.id);
    const message = {
      channelId: id,
      authorId: person.id,
      text: escaped,
      threadTs,
      ephemeral: false,
    };
    const { ts } = workspace.post(message);
    await this.event(payloads.createMessageEvent(workspace, id, ts, escaped, person, threadTs));
    return ts;
  }

  /** Opens the app for a person and sends the event with the tab. */
  async open(person: SlackPerson, tab: 'home' | 'messages'): Promise<void> {
    const { workspace, views } = this.#parts;
    const home = tab === 'home' ? views.home(person.id) : undefined;
    const channel = workspace.conversationWith(person.id).id;
    await this.event({
      type: 'app_home_opened',
      user: person.id,
      channel,
      tab,
      ...(home && { view: views.toWire(home) }),
    });
  }

  async event(event: Dict): Promise<LinkDelivery> {
    return this.#deliver('events_api', payloads.createEventCallback(this.#parts.workspace, event));
  }

  /** Records a value in an element without sending it. @throws Error no such option */
  async type(
    surface: VisibleSurface,
    placed: Placed,
    value: unknown,
    person: SlackPerson,
  ): Promise<Dict> {
    const { workspace } = this.#parts;
    const isExternal = String(placed.element.type).endsWith('external_select');
    const options = isExternal
      ? await this.#listKnownOptions(person, surface, placed, value)
      : listOptions(placed.element);
    const state = toChosenState(placed.element, value, {
      options,
      personId: (id) => workspace.find(id)?.id,
    });
    if (placed.element.type !== 'overflow')
      recordInput(workspace.inputs, surface.key, placed, state);
    return state;
  }

  /** Sends a click, or a choice in an element that sends at once. */
  async act(
    person: SlackPerson,
    surface: VisibleSurface,
    placed: Placed,
    state?: Dict,
  ): Promise<InteractionResult> {
    const payload = payloads.createBlockActions(this.#context(), person, surface, placed, state);
    const delivery = await this.#deliver('interactive', payload);
    if (delivery.kind === 'acknowledged') return { ok: true };
    return this.#fail(person, failureSentences[delivery.kind]);
  }

  /** Asks the app for options, unless the query is shorter than the element's minimum. */
  async suggest(
    person: SlackPerson,
    surface: VisibleSurface,
    placed: Placed,
    query: string,
  ): Promise<Dict> {
    const min = Number(stringAt(placed.element, 'min_query_length') ?? 3);
    if (query.length < min) return { options: [] };
    const payload = payloads.createBlockSuggestion(this.#context(), person, surface, placed, query);
    const delivery = await this.#deliver('interactive', payload);
    if (delivery.kind !== 'acknowledged') {
      this.#fail(person, failureSentences[delivery.kind]);
      return { options: [] };
    }
    const answer = isDict(delivery.payload) ? delivery.payload : {};
    const problems = checkSuggestions(answer);
    if (problems.length > 0) {
      this.#fail(person, `The app offered options that Slack would reject: ${problems.join('; ')}`);
      return { options: [] };
    }
    this.#offeredOptions.set(toOfferedKey(surface, placed), listOptions(answer));
    return answer;
  }

  async submit(person: SlackPerson): Promise<SubmitOutcome> {
    const { workspace, views } = this.#parts;
    const record = views.stack(person.id).at(-1);
    if (!record) throw new Error(`${person.realName} has no modal open`);
    const blocks = listAt(record.view, 'blocks');
    const missing = findInputProblems(
      blocks,
      toStateValues(blocks, workspace.inputs.get(record.id)),
    );
    if (Object.keys(missing).length > 0) {
      views.showErrors(record, missing);
      return { ok: false, errors: missing, action: 'errors' };
    }
    views.showErrors(record, {});
    const view = views.toWire(record);
    const payload = payloads.createViewPayload(workspace, person, view, {
      type: 'view_submission',
    });
    const delivery = await this.#deliver('interactive', payload);
    if (delivery.kind !== 'acknowledged')
      return this.#fail(person, failureSentences[delivery.kind]);
    try {
      return this.#afterSubmit(person, record, isDict(delivery.payload) ? delivery.payload : {});
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      const detail = toTexts(error.extra.errors).join('; ');
      return this.#fail(person, `${failureSentences.failed} (${error.code}: ${detail})`);
    }
  }

  /** Closes the top modal or all modals; the app is notified of modals with notify_on_close. */
  async closeModal(person: SlackPerson, all: boolean): Promise<void> {
    const { workspace, views } = this.#parts;
    const isCleared = all || views.stack(person.id).at(-1)?.view.clear_on_close === true;
    const closing = views.stack(person.id).slice(isCleared ? 0 : -1);
    const closePayloads = closing
      .filter((record) => record.view.notify_on_close === true)
      .map((record) =>
        payloads.createViewPayload(workspace, person, views.toWire(record), {
          type: 'view_closed',
          isCleared,
        }),
      );
    views.close(person.id, isCleared);
    await Promise.all(closePayloads.map((payload) => this.#deliver('interactive', payload)));
  }

  #afterSubmit(person: SlackPerson, record: ViewRecord, answer: Dict): SubmitOutcome {
    const { views } = this.#parts;
    switch (answer.response_action) {
      case undefined:
        views.remove(record);
        return { ok: true, action: 'close' };
      case 'clear':
        views.close(person.id, true);
        return { ok: true, action: 'clear' };
      case 'update':
        views.update({ viewId: record.id }, answer.view);
        return { ok: true, action: 'update' };
      case 'push':
        views.push(person.id, answer.view);
        return { ok: true, action: 'push' };
      case 'errors':
        return this.#showErrors(record, isDict(answer.errors) ? answer.errors : {});
      default:
        throw new SlackError('invalid_response_action');
    }
  }

  /** Only input blocks can show errors: with any other block_id the modal hangs in Slack. */
  #showErrors(record: ViewRecord, answerErrors: Dict): SubmitOutcome {
    const inputs = listAt(record.view, 'blocks').filter((block) => block.type === 'input');
    const ids = new Set(inputs.map((block) => block.block_id));
    const unknownIds = Object.keys(answerErrors).filter((id) => !ids.has(id));
    if (unknownIds.length > 0 || Object.keys(answerErrors).length === 0) {
      throw new SlackError('invalid_errors', {
        errors: [`no input block: ${unknownIds.join(', ')}`],
      });
    }
    const errors = Object.fromEntries(
      Object.entries(answerErrors).map(([id, text]) => [id, String(text)]),
    );
    this.#parts.views.showErrors(record, errors);
    return { ok: false, errors, action: 'errors' };
  }

  /**
   * The options for a value of an external select: those offered last, or those the app returns for
   * it.
   */
  async #listKnownOptions(
    person: SlackPerson,
    surface: VisibleSurface,
    placed: Placed,
    value: unknown,
  ): Promise<Dict[]> {
    const values = (Array.isArray(value) ? value : [value]).filter(
      (one) => one !== null && one !== '',
    );
    const known = [
      ...(this.#offeredOptions.get(toOfferedKey(surface, placed)) ?? []),
      ...values.filter(isDict),
    ];
    const isKnown = (one: unknown) =>
      isDict(one) ||
      known.some(
        (option) => option.value === one || (isDict(option.text) && option.text.text === one),
      );
    for (const one of values.filter((each) => !isKnown(each))) {
      known.push(...listOptions(await this.suggest(person, surface, placed, String(one))));
    }
    return known;
  }

  #context() {
    return {
      workspace: this.#parts.workspace,
      views: this.#parts.views,
      baseUrl: this.#parts.baseUrl(),
    };
  }

  #deliver(type: EnvelopeType, payload: Dict): Promise<LinkDelivery> {
    return this.#parts.link.deliver(type, payload);
  }

  #fail(person: SlackPerson, trouble: string): InteractionResult & { ok: false } {
    this.#parts.workspace.notice(person.id, trouble);
    return { ok: false, trouble };
  }
}

const toOfferedKey = (surface: VisibleSurface, { block, element }: Placed) =>
  `${surface.key}|${block.block_id}|${element.action_id}`;

const toTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
