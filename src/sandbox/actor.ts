import { setTimeout as sleep } from 'node:timers/promises';
import { type Dict, dictAt, listAt, stringAt } from './dict.ts';
import type { InteractionResult, Interactions, SubmitOutcome } from './slack/interactions.ts';
import { isDispatching } from './slack/payloads.ts';
import { toStateValues } from './slack/state.ts';
import {
  findElement,
  findInput,
  listSurfaces,
  type Target,
  type VisibleSurface,
} from './slack/surfaces.ts';
import type { SlackPerson } from './slack/users.ts';
import type { ViewRecord, Views } from './slack/views.ts';
import { listButtonTexts, toPlainText, toVisibleText } from './slack/wording.ts';
import type { SandboxWorkspace } from './slack/workspace.ts';

/** A message as a person sees it. */
export interface SeenMessage {
  ts: string;
  text: string;
  blocks: Dict[];
  /** All text in the blocks, one text per line. */
  words: string;
  buttons: string[];
  edited: boolean;
  ephemeral: boolean;
  threadTs: string | undefined;
  isFromApp: boolean;
  file: Dict | undefined;
  /** Values chosen in selects of the message. */
  values: Dict;
}

/** A modal or Home as a person sees it. */
export interface SeenView {
  id: string;
  title: string;
  blocks: Dict[];
  words: string;
  buttons: string[];
  callbackId: string;
  privateMetadata: string;
  errors: Record<string, string>;
  /** The current `state.values`. */
  values: Dict;
  /** The stored view. */
  view: Dict;
}

/** A choice in a select, datepicker, checkboxes, radio buttons or overflow menu. */
export interface ChoiceInput extends Target {
  /** The label or block_id of the field, instead of an action id. */
  field?: string | undefined;
  /**
   * An option by value or text, a person by id or e-mail, a date; a list for multi-selects; null
   * clears.
   */
  to: unknown;
}

/** One person in Slack: performs their actions and reads what they see. */
export class SandboxActor {
  readonly person: SlackPerson;
  readonly #workspace: SandboxWorkspace;
  readonly #views: Views;
  readonly #interactions: Interactions;

  constructor(
    person: SlackPerson,
    workspace: SandboxWorkspace,
    views: Views,
    interactions: Interactions,
  ) {
    this.person = person;
    this.#workspace = workspace;
    this.#views = views;
    this.#interactions = interactions;
  }

  get id(): string {
    return this.person.id;
  }

  /** Runs a slash command, for example `/rolemine` with text. */
  command(command: string, text = ''): Promise<InteractionResult> {
    return this.#interactions.command(this.person, command, text);
  }

  /** Sends a message to the app; returns its ts. */
  dm(text: string, options: { threadTs?: string | undefined } = {}): Promise<string> {
    return this.#interactions.dm(this.person, text, options.threadTs);
  }

  /** The messages in the conversation with the app, including ephemeral ones; newest last. */
  messages(): SeenMessage[] {
    const { messages } = this.#workspace.conversationWith(this.id);
    return messages.map((message) => ({
      ts: message.ts,
      text: message.text,
      blocks: message.blocks,
      words: toVisibleText(message.blocks),
      buttons: listButtonTexts(message.blocks),
      edited: message.editedTs !== undefined,
      ephemeral: message.ephemeral,
      threadTs: message.threadTs,
      isFromApp: message.authorId === this.#workspace.botUserId,
      file: message.file,
      values: toStateValues(message.blocks, this.#workspace.inputs.get(`${this.id}:${message.ts}`)),
    }));
  }

  /** The texts that Slack notified this person of, oldest first. */
  notifications(): string[] {
    return this.#workspace.notifications
      .filter(({ personId }) => personId === this.id)
      .map(({ text }) => text);
  }

  home(): SeenView | undefined {
    return this.#toSeenView(this.#views.home(this.id));
  }

  /** Opens the app's Home tab and sends the event. */
  openHome(): Promise<void> {
    return this.#interactions.open(this.person, 'home');
  }

  /** Opens the Messages tab and sends the event. */
  openMessages(): Promise<void> {
    return this.#interactions.open(this.person, 'messages');
  }

  /** The visible modal, if any. */
  modal(): SeenView | undefined {
    return this.#toSeenView(this.#views.stack(this.id).at(-1));
  }

  /** Number of open modals. */
  modalDepth(): number {
    return this.#views.stack(this.id).length;
  }

  /** Presses a button and waits for the acknowledgment. Confirmation dialogs are skipped. */
  async click(target: Target): Promise<InteractionResult> {
    const { surface, ...placed } = findElement(this.#surfaces(), target, ['button']);
    return this.#interactions.act(this.person, surface, placed);
  }

  /** Chooses a value in any element except a button. Sends it at once if Slack would. */
  async select(choice: ChoiceInput): Promise<InteractionResult> {
    const { to, field, ...target } = choice;
    const surfaces = this.#surfaces();
    const { surface, ...placed } = field
      ? this.#findField(surfaces, field, choice)
      : findElement(surfaces, target);
    const state = await this.#interactions.type(surface, placed, to, this.person);
    if (!isDispatching(placed)) return { ok: true };
    return this.#interactions.act(this.person, surface, placed, state);
  }

  /** Fills fields by label or block_id, in the visible modal or else in Home. */
  async fill(values: Record<string, unknown>): Promise<void> {
    for (const [field, to] of Object.entries(values)) await this.select({ field, to });
  }

  /**
   * Records a typed value without sending it, even if Slack would send it when the field loses
   * focus.
   */
  async type(target: Target, value: unknown): Promise<void> {
    const { surface, ...placed } = findElement(this.#surfaces(), target);
    await this.#interactions.type(surface, placed, value, this.person);
  }

  /** Submits the visible modal. */
  async submit(): Promise<SubmitOutcome> {
    return this.#interactions.submit(this.person);
  }

  /** Closes the visible modal, or all modals. */
  closeModal(options: { all?: boolean } = {}): Promise<void> {
    return this.#interactions.closeModal(this.person, options.all ?? false);
  }

  /** The options of an external select for a query, without their groups. */
  async suggest(actionOrBlockId: string, query: string): Promise<Dict[]> {
    const answer = await this.suggestAnswer({ actionId: actionOrBlockId }, query);
    const groups = listAt(answer, 'option_groups');
    return [...listAt(answer, 'options'), ...groups.flatMap((group) => listAt(group, 'options'))];
  }

  /** The complete answer of the app to a search. */
  async suggestAnswer(target: Target, query: string): Promise<Dict> {
    const types = ['external_select', 'multi_external_select'];
    const surfaces = this.#surfaces();
    const { actionId, ...rest } = target;
    const byBlock = surfaces.some((surface) =>
      this.#hasElement(surface, { ...rest, blockId: actionId }, types),
    );
    const resolvedTarget = byBlock ? { ...rest, blockId: actionId } : target;
    const { surface, ...placed } = findElement(surfaces, resolvedTarget, types);
    return this.#interactions.suggest(this.person, surface, placed, query);
  }

  /** The error notices that Slack showed this person, oldest first. */
  notices(): string[] {
    return this.#workspace.notices
      .filter((notice) => notice.personId === this.id)
      .map((notice) => notice.text);
  }

  /**
   * Waits until the predicate returns a truthy value, and returns it.
   * @throws Error after the timeout
   */
  async waitFor<T>(predicate: (actor: this) => T, timeoutMs = 3_000): Promise<NonNullable<T>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const value = predicate(this);
      if (value) return value;
      if (Date.now() > deadline) break;
      await sleep(10);
    }
    const last = this.messages()
      .slice(-3)
      .map((message) => `${message.text}\n${message.words}`);
    throw new Error(
      `${this.person.realName} waited ${timeoutMs} ms without success; modal: ${this.modal()?.title ?? 'none'}; last messages:\n${last.join('\n--\n')}`,
    );
  }

  #surfaces(): VisibleSurface[] {
    return listSurfaces(this.#workspace, this.#views, this.id);
  }

  #hasElement(surface: VisibleSurface, target: Target, types: string[]): boolean {
    try {
      findElement([surface], target, types);
      return true;
    } catch {
      return false;
    }
  }

  #findField(surfaces: VisibleSurface[], field: string, target: Target) {
    const matchingSurfaces = target.in
      ? surfaces.filter((one) => one.kind === target.in)
      : surfaces;
    const surface =
      matchingSurfaces.find((one) => one.kind === 'modal') ??
      matchingSurfaces.find((one) => one.kind === 'home') ??
      matchingSurfaces[0];
    if (!surface) throw new Error(`${this.person.realName} sees no fields`);
    return { surface, ...findInput(surface, field) };
  }

  #toSeenView(record: ViewRecord | undefined): SeenView | undefined {
    if (!record) return undefined;
    const blocks = listAt(record.view, 'blocks');
    return {
      id: record.id,
      title: toPlainText(dictAt(record.view, 'title')),
      blocks,
      words: toVisibleText(blocks),
      buttons: listButtonTexts(blocks),
      callbackId: stringAt(record.view, 'callback_id') ?? '',
      privateMetadata: stringAt(record.view, 'private_metadata') ?? '',
      errors: record.errors,
      values: toStateValues(blocks, this.#workspace.inputs.get(record.id)),
      view: record.view,
    };
  }
}
