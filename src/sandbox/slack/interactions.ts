import { checkSuggestions } from '../../slack/limits.ts';
import { type Dict, isDict, listAt, stringAt } from '../dict.ts';
import { inputProblems } from './input-problems.ts';
import type { AppLink, EnvelopeType, LinkDelivery } from './link.ts';
import * as payloads from './payloads.ts';
import { postResponse } from './responses.ts';
import { SlackError } from './slack-error.ts';
import { chosenState, ownOptions, type Placed, setTyped, stateValues } from './state.ts';
import type { VisibleSurface } from './surfaces.ts';
import type { SlackPerson } from './users.ts';
import type { ViewRecord, Views } from './views.ts';
import type { Workspace } from './workspace.ts';

/** What the person saw come of it. `trouble` is the sentence Slack shows when the app did not play along. */
export interface InteractionResult {
  ok: boolean;
  trouble?: string;
}

export interface SubmitOutcome extends InteractionResult {
  /** By block_id, from the client's own checks or from the app. */
  errors?: Record<string, string>;
  action?: 'close' | 'errors' | 'update' | 'push' | 'clear';
}

const TROUBLE = {
  late: 'This app took longer than 3 seconds to answer (operation_timeout). Try again?',
  failed: 'We had some trouble connecting to the app (dispatch_failed). Try again?',
} as const;

interface Parts {
  workspace: Workspace;
  views: Views;
  link: AppLink;
  baseUrl: () => string;
  /** The slash commands the app has. */
  commands: string[];
}

/** What people do, carried to the app, and what its acknowledgements do. */
export class Interactions {
  readonly #parts: Parts;
  /** What the app offered last for an external select, by surface and element. */
  readonly #offered = new Map<string, Dict[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async command(person: SlackPerson, command: string, text: string): Promise<InteractionResult> {
    if (!this.#parts.commands.includes(command)) {
      return this.#trouble(person, `${command} is not a valid command.`);
    }
    const payload = payloads.slashCommand(this.#context(), person, command, text);
    const delivery = await this.#deliver('slash_commands', payload);
    if (delivery.kind !== 'acknowledged') {
      const error = delivery.kind === 'late' ? 'operation_timeout' : 'dispatch_failed';
      return this.#trouble(person, `${command} failed with the error "${error}"`);
    }
    const answer =
      typeof delivery.payload === 'string' ? { text: delivery.payload } : delivery.payload;
    if (!isDict(answer) || (!answer.text && !answer.blocks)) return { ok: true };
    try {
      postResponse(this.#parts.workspace, String(payload.channel_id), answer);
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return this.#trouble(person, `${command} failed with the error "${error.code}"`);
    }
    return { ok: true };
  }

  async dm(person: SlackPerson, text: string, threadTs?: string): Promise<string> {
    const { workspace } = this.#parts;
    const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    const { id } = workspace.conversationWith(person.id);
    const said = { channelId: id, authorId: person.id, text: escaped, threadTs, ephemeral: false };
    const { ts } = workspace.post(said);
    await this.event(payloads.messageEvent(workspace, id, ts, escaped, person, threadTs));
    return ts;
  }

  /** The person opens the app: Slack tells it so, and with which tab. */
  async open(person: SlackPerson, tab: 'home' | 'messages'): Promise<void> {
    const { workspace, views } = this.#parts;
    const home = tab === 'home' ? views.home(person.id) : undefined;
    const channel = workspace.conversationWith(person.id).id;
    await this.event({
      type: 'app_home_opened',
      user: person.id,
      channel,
      tab,
      ...(home && { view: views.wire(home) }),
    });
  }

  async event(event: Dict): Promise<LinkDelivery> {
    return this.#deliver('events_api', payloads.eventCallback(this.#parts.workspace, event));
  }

  /** Notes a value in an element without telling the app. @throws Error when there is no such option */
  async type(
    surface: VisibleSurface,
    placed: Placed,
    value: unknown,
    person: SlackPerson,
  ): Promise<Dict> {
    const { workspace } = this.#parts;
    const isExternal = String(placed.element.type).endsWith('external_select');
    const options = isExternal
      ? await this.#knownOptions(person, surface, placed, value)
      : ownOptions(placed.element);
    const state = chosenState(placed.element, value, {
      options,
      personId: (id) => workspace.find(id)?.id,
    });
    if (placed.element.type !== 'overflow') setTyped(workspace.typed, surface.key, placed, state);
    return state;
  }

  /** A click, or a choice in an element that tells the app at once. */
  async act(
    person: SlackPerson,
    surface: VisibleSurface,
    placed: Placed,
    state?: Dict,
  ): Promise<InteractionResult> {
    const payload = payloads.blockActions(this.#context(), person, surface, placed, state);
    const delivery = await this.#deliver('interactive', payload);
    if (delivery.kind === 'acknowledged') return { ok: true };
    return this.#trouble(person, TROUBLE[delivery.kind]);
  }

  /** Asks the app for options; a query shorter than the element's minimum asks nothing, as in Slack. */
  async suggest(
    person: SlackPerson,
    surface: VisibleSurface,
    placed: Placed,
    query: string,
  ): Promise<Dict> {
    const min = Number(stringAt(placed.element, 'min_query_length') ?? 3);
    if (query.length < min) return { options: [] };
    const payload = payloads.blockSuggestion(this.#context(), person, surface, placed, query);
    const delivery = await this.#deliver('interactive', payload);
    if (delivery.kind !== 'acknowledged') {
      this.#trouble(person, TROUBLE[delivery.kind]);
      return { options: [] };
    }
    const answer = isDict(delivery.payload) ? delivery.payload : {};
    const problems = checkSuggestions(answer);
    if (problems.length > 0) {
      this.#trouble(person, `The app offered options Slack would refuse: ${problems.join('; ')}`);
      return { options: [] };
    }
    this.#offered.set(offeredKey(surface, placed), ownOptions(answer));
    return answer;
  }

  async submit(person: SlackPerson): Promise<SubmitOutcome> {
    const { workspace, views } = this.#parts;
    const record = views.stack(person.id).at(-1);
    if (!record) throw new Error(`${person.realName} has no modal open`);
    const blocks = listAt(record.view, 'blocks');
    const missing = inputProblems(blocks, stateValues(blocks, workspace.typed.get(record.id)));
    if (Object.keys(missing).length > 0) {
      views.showErrors(record, missing);
      return { ok: false, errors: missing, action: 'errors' };
    }
    views.showErrors(record, {});
    const view = views.wire(record);
    const payload = payloads.viewPayload(workspace, person, view, { type: 'view_submission' });
    const delivery = await this.#deliver('interactive', payload);
    if (delivery.kind !== 'acknowledged') return this.#trouble(person, TROUBLE[delivery.kind]);
    try {
      return this.#afterSubmit(person, record, isDict(delivery.payload) ? delivery.payload : {});
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      const detail = listOfTexts(error.extra.errors).join('; ');
      return this.#trouble(person, `${TROUBLE.failed} (${error.code}: ${detail})`);
    }
  }

  /** Closes the top modal, or all; the app hears of those that asked for it. */
  async closeModal(person: SlackPerson, all: boolean): Promise<void> {
    const { workspace, views } = this.#parts;
    const isCleared = all || views.stack(person.id).at(-1)?.view.clear_on_close === true;
    const gone = views.stack(person.id).slice(isCleared ? 0 : -1);
    const told = gone
      .filter((record) => record.view.notify_on_close === true)
      .map((record) =>
        payloads.viewPayload(workspace, person, views.wire(record), {
          type: 'view_closed',
          isCleared,
        }),
      );
    views.close(person.id, isCleared);
    await Promise.all(told.map((payload) => this.#deliver('interactive', payload)));
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

  /** Only input blocks can carry an error: with any other block_id the modal hangs in Slack. */
  #showErrors(record: ViewRecord, given: Dict): SubmitOutcome {
    const inputs = listAt(record.view, 'blocks').filter((block) => block.type === 'input');
    const ids = new Set(inputs.map((block) => block.block_id));
    const stray = Object.keys(given).filter((id) => !ids.has(id));
    if (stray.length > 0 || Object.keys(given).length === 0) {
      throw new SlackError('invalid_errors', { errors: [`no input block: ${stray.join(', ')}`] });
    }
    const errors = Object.fromEntries(
      Object.entries(given).map(([id, text]) => [id, String(text)]),
    );
    this.#parts.views.showErrors(record, errors);
    return { ok: false, errors, action: 'errors' };
  }

  /** Options for a value of an external select: those offered last, or those offered for its words. */
  async #knownOptions(
    person: SlackPerson,
    surface: VisibleSurface,
    placed: Placed,
    value: unknown,
  ): Promise<Dict[]> {
    const values = (Array.isArray(value) ? value : [value]).filter(
      (one) => one !== null && one !== '',
    );
    const known = [
      ...(this.#offered.get(offeredKey(surface, placed)) ?? []),
      ...values.filter(isDict),
    ];
    const isKnown = (one: unknown) =>
      isDict(one) ||
      known.some(
        (option) => option.value === one || (isDict(option.text) && option.text.text === one),
      );
    for (const one of values.filter((each) => !isKnown(each))) {
      known.push(...ownOptions(await this.suggest(person, surface, placed, String(one))));
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

  #trouble(person: SlackPerson, trouble: string): InteractionResult & { ok: false } {
    this.#parts.workspace.notice(person.id, trouble);
    return { ok: false, trouble };
  }
}

const offeredKey = (surface: VisibleSurface, { block, element }: Placed) =>
  `${surface.key}|${block.block_id}|${element.action_id}`;

const listOfTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
