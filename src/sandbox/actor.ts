import { setTimeout as sleep } from 'node:timers/promises';
import { type Dict, dictAt, listAt, stringAt } from './dict.ts';
import type { InteractionResult, Interactions, SubmitOutcome } from './slack/interactions.ts';
import { isDispatching } from './slack/payloads.ts';
import { stateValues } from './slack/state.ts';
import {
  findElement,
  findInput,
  surfacesOf,
  type Target,
  type VisibleSurface,
} from './slack/surfaces.ts';
import type { SlackPerson } from './slack/users.ts';
import type { ViewRecord, Views } from './slack/views.ts';
import { buttonTexts, plainOf, wordsOf } from './slack/wording.ts';
import type { Workspace } from './slack/workspace.ts';

/** A message as its reader sees it. */
export interface SeenMessage {
  ts: string;
  text: string;
  blocks: Dict[];
  /** Every word in the blocks, one text a line. */
  words: string;
  buttons: string[];
  edited: boolean;
  ephemeral: boolean;
  threadTs: string | undefined;
  isFromApp: boolean;
  file: Dict | undefined;
  /** What is chosen in the message's own selects. */
  values: Dict;
}

/** A modal or Home as its reader sees it. */
export interface SeenView {
  id: string;
  title: string;
  blocks: Dict[];
  words: string;
  buttons: string[];
  callbackId: string;
  privateMetadata: string;
  errors: Record<string, string>;
  /** `state.values` as they would be sent now. */
  values: Dict;
  /** The view as it is stored. */
  view: Dict;
}

/** A choice in a select, datepicker, checkboxes, radio buttons or overflow menu. */
export interface ChoiceInput extends Target {
  /** Its label or block_id, instead of an action id. */
  field?: string | undefined;
  /** An option by value or words, somebody by id or e-mail, a date; a list for multi-selects; null clears. */
  to: unknown;
}

/** One person at their Slack: does what they can do, sees what they can see. */
export class SandboxActor {
  readonly person: SlackPerson;
  readonly #workspace: Workspace;
  readonly #views: Views;
  readonly #interactions: Interactions;

  constructor(person: SlackPerson, workspace: Workspace, views: Views, interactions: Interactions) {
    this.person = person;
    this.#workspace = workspace;
    this.#views = views;
    this.#interactions = interactions;
  }

  get id(): string {
    return this.person.id;
  }

  /** Runs a slash command, as `/rolemine` with words. */
  command(command: string, text = ''): Promise<InteractionResult> {
    return this.#interactions.command(this.person, command, text);
  }

  /** Writes to the app; returns the ts of what was written. */
  dm(text: string, options: { threadTs?: string | undefined } = {}): Promise<string> {
    return this.#interactions.dm(this.person, text, options.threadTs);
  }

  /** The conversation with the app, ephemeral messages included, newest last. */
  messages(): SeenMessage[] {
    const { messages } = this.#workspace.conversationWith(this.id);
    return messages.map((message) => ({
      ts: message.ts,
      text: message.text,
      blocks: message.blocks,
      words: wordsOf(message.blocks),
      buttons: buttonTexts(message.blocks),
      edited: message.editedTs !== undefined,
      ephemeral: message.ephemeral,
      threadTs: message.threadTs,
      isFromApp: message.authorId === this.#workspace.botUserId,
      file: message.file,
      values: stateValues(message.blocks, this.#workspace.typed.get(`${this.id}:${message.ts}`)),
    }));
  }

  home(): SeenView | undefined {
    return this.#seen(this.#views.home(this.id));
  }

  /** Opens the app's Home tab, which tells the app so. */
  openHome(): Promise<void> {
    return this.#interactions.open(this.person, 'home');
  }

  /** Opens the Messages tab, which tells the app so. */
  openMessages(): Promise<void> {
    return this.#interactions.open(this.person, 'messages');
  }

  /** The modal in front, if any. */
  modal(): SeenView | undefined {
    return this.#seen(this.#views.stack(this.id).at(-1));
  }

  /** How many modals lie on each other. */
  modalDepth(): number {
    return this.#views.stack(this.id).length;
  }

  /** Presses a button (a confirmation is taken as given) and waits for the acknowledgement. */
  async click(target: Target): Promise<InteractionResult> {
    const { surface, ...placed } = findElement(this.#surfaces(), target, ['button']);
    return this.#interactions.act(this.person, surface, placed);
  }

  /** Chooses in any element that is no button; the app is told at once where Slack tells it at once. */
  async select(choice: ChoiceInput): Promise<InteractionResult> {
    const { to, field, ...target } = choice;
    const surfaces = this.#surfaces();
    const { surface, ...placed } = field
      ? this.#field(surfaces, field, choice)
      : findElement(surfaces, target);
    const state = await this.#interactions.type(surface, placed, to, this.person);
    if (!isDispatching(placed)) return { ok: true };
    return this.#interactions.act(this.person, surface, placed, state);
  }

  /** Fills fields by label or block_id (of the modal in front, else Home). */
  async fill(values: Record<string, unknown>): Promise<void> {
    for (const [field, to] of Object.entries(values)) await this.select({ field, to });
  }

  /** Notes a value as typed, without telling the app even where leaving the field would. */
  async type(target: Target, value: unknown): Promise<void> {
    const { surface, ...placed } = findElement(this.#surfaces(), target);
    await this.#interactions.type(surface, placed, value, this.person);
  }

  /** Submits the modal in front. */
  async submit(): Promise<SubmitOutcome> {
    return this.#interactions.submit(this.person);
  }

  /** Closes the modal in front, or all of them. */
  closeModal(options: { all?: boolean } = {}): Promise<void> {
    return this.#interactions.closeModal(this.person, options.all ?? false);
  }

  /** What an external select offers for these words; option groups come as they are. */
  async suggest(actionOrBlockId: string, query: string): Promise<Dict[]> {
    const answer = await this.suggestAnswer({ actionId: actionOrBlockId }, query);
    const groups = listAt(answer, 'option_groups');
    return [...listAt(answer, 'options'), ...groups.flatMap((group) => listAt(group, 'options'))];
  }

  /** The whole answer of the app to a search. */
  async suggestAnswer(target: Target, query: string): Promise<Dict> {
    const types = ['external_select', 'multi_external_select'];
    const surfaces = this.#surfaces();
    const { actionId, ...rest } = target;
    const byBlock = surfaces.some((surface) =>
      this.#has(surface, { ...rest, blockId: actionId }, types),
    );
    const meant = byBlock ? { ...rest, blockId: actionId } : target;
    const { surface, ...placed } = findElement(surfaces, meant, types);
    return this.#interactions.suggest(this.person, surface, placed, query);
  }

  /** What Slack complained about to this person, oldest first. */
  notices(): string[] {
    return this.#workspace.notices
      .filter((notice) => notice.personId === this.id)
      .map((notice) => notice.text);
  }

  /** Waits until the predicate gives something truthy, and returns that. @throws Error after the timeout */
  async waitFor<T>(predicate: (actor: this) => T, timeoutMs = 3_000): Promise<NonNullable<T>> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const value = predicate(this);
      if (value) return value;
      if (Date.now() > end) break;
      await sleep(10);
    }
    const last = this.messages()
      .slice(-3)
      .map((message) => `${message.text}\n${message.words}`);
    throw new Error(
      `${this.person.realName} waited ${timeoutMs} ms in vain; modal: ${this.modal()?.title ?? 'none'}; last messages:\n${last.join('\n--\n')}`,
    );
  }

  #surfaces(): VisibleSurface[] {
    return surfacesOf(this.#workspace, this.#views, this.id);
  }

  #has(surface: VisibleSurface, target: Target, types: string[]): boolean {
    try {
      findElement([surface], target, types);
      return true;
    } catch {
      return false;
    }
  }

  #field(surfaces: VisibleSurface[], field: string, target: Target) {
    const inPlace = target.in ? surfaces.filter((one) => one.kind === target.in) : surfaces;
    const surface =
      inPlace.find((one) => one.kind === 'modal') ??
      inPlace.find((one) => one.kind === 'home') ??
      inPlace[0];
    if (!surface) throw new Error(`${this.person.realName} sees no field at all`);
    return { surface, ...findInput(surface, field) };
  }

  #seen(record: ViewRecord | undefined): SeenView | undefined {
    if (!record) return undefined;
    const blocks = listAt(record.view, 'blocks');
    return {
      id: record.id,
      title: plainOf(dictAt(record.view, 'title')),
      blocks,
      words: wordsOf(blocks),
      buttons: buttonTexts(blocks),
      callbackId: stringAt(record.view, 'callback_id') ?? '',
      privateMetadata: stringAt(record.view, 'private_metadata') ?? '',
      errors: record.errors,
      values: stateValues(blocks, this.#workspace.typed.get(record.id)),
      view: record.view,
    };
  }
}
