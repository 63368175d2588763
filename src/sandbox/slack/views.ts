import { checkView, LIMITS } from '../../slack/limits.ts';
import { type Dict, isDict, listAt, stringAt } from '../dict.ts';
import { createPayloadError, SlackError } from './slack-error.ts';
import { retainInput, toStateValues } from './state.ts';
import { makeId, type SandboxWorkspace, withIds } from './workspace.ts';

/** An open modal or a Home view. */
export interface ViewRecord {
  id: string;
  personId: string;
  rootId: string;
  previousId?: string | undefined;
  hash: string;
  /** The view of the app, with the ids that Slack adds. */
  view: Dict;
  /** Errors by block_id, from `response_action: errors`. */
  errors: Record<string, string>;
}

/**
 * Modals (a stack of at most three per person) and Home views, with Slack's rules for changing
 * them.
 */
export class Views {
  readonly #workspace: SandboxWorkspace;
  readonly #stacks = new Map<string, ViewRecord[]>();
  readonly #homes = new Map<string, ViewRecord>();

  constructor(workspace: SandboxWorkspace) {
    this.#workspace = workspace;
  }

  /** The modals of a person; the visible one is last. */
  stack(personId: string): ViewRecord[] {
    return this.#stacks.get(personId) ?? [];
  }

  home(personId: string): ViewRecord | undefined {
    return this.#homes.get(personId);
  }

  /** The Homes of everybody who has opened it. */
  homes(): ViewRecord[] {
    return [...this.#homes.values()];
  }

  /** Shows the Home that a person had before a restart. */
  restoreHome(record: ViewRecord): void {
    this.#homes.set(record.personId, record);
  }

  /**
   * Opens a modal on top.
   * @throws SlackError invalid_arguments, push_limit_reached, duplicate_external_id
   */
  push(personId: string, view: unknown): ViewRecord {
    const validated = this.#validate(view, 'modal');
    const stack = this.stack(personId);
    if (stack.length >= LIMITS.viewStack) throw new SlackError('push_limit_reached');
    this.#assertUniqueExternalId(validated);
    const below = stack.at(-1);
    const id = makeId('V');
    const record = this.#createRecord(id, personId, validated, below?.rootId ?? id, below?.id);
    this.#stacks.set(personId, [...stack, record]);
    this.#workspace.notifyChange(personId, 'modal');
    return record;
  }

  /** Replaces an open view. @throws SlackError not_found, hash_conflict, invalid_arguments */
  update(
    viewRef: { viewId?: string | undefined; externalId?: string | undefined },
    view: unknown,
    hash?: string,
  ) {
    const record = this.find(viewRef.viewId, viewRef.externalId);
    if (!record) throw new SlackError('not_found');
    const validated = this.#validate(view, String(record.view.type));
    if (hash !== undefined && hash !== record.hash) throw new SlackError('hash_conflict');
    if (validated.external_id !== record.view.external_id) this.#assertUniqueExternalId(validated);
    this.#replace(record, validated);
    return record;
  }

  /** Shows a Home view. @throws SlackError hash_conflict, invalid_arguments */
  publish(personId: string, view: unknown, hash?: string): ViewRecord {
    const validated = this.#validate(view, 'home');
    const existing = this.#homes.get(personId);
    if (existing) {
      if (hash !== undefined && hash !== existing.hash) throw new SlackError('hash_conflict');
      this.#replace(existing, validated);
      return existing;
    }
    const id = makeId('V');
    const record = this.#createRecord(id, personId, validated, id);
    this.#homes.set(personId, record);
    this.#workspace.notifyChange(personId, 'home');
    return record;
  }

  /** Closes the top modal or all modals; returns the closed ones, the top one first. */
  close(personId: string, all = false): ViewRecord[] {
    const stack = this.stack(personId);
    const remaining = all ? [] : stack.slice(0, -1);
    this.#stacks.set(personId, remaining);
    const closed = stack.slice(remaining.length).reverse();
    for (const record of closed) this.#workspace.inputs.delete(record.id);
    this.#workspace.notifyChange(personId, 'modal');
    return closed;
  }

  /** Closes this modal, at any place in the stack. */
  remove(record: ViewRecord): void {
    const remaining = this.stack(record.personId).filter((one) => one !== record);
    this.#stacks.set(record.personId, remaining);
    this.#workspace.inputs.delete(record.id);
    this.#workspace.notifyChange(record.personId, 'modal');
  }

  showErrors(record: ViewRecord, errors: Record<string, string>): void {
    record.errors = errors;
    this.#workspace.notifyChange(record.personId, 'modal');
  }

  find(viewId: string | undefined, externalId?: string): ViewRecord | undefined {
    const open = [...this.#stacks.values()].flat().concat([...this.#homes.values()]);
    return open.find((record) =>
      viewId ? record.id === viewId : externalId && record.view.external_id === externalId,
    );
  }

  /** Converts a view to the object of methods and payloads. */
  toWire(record: ViewRecord): Dict {
    const { team, appId, botId, inputs: typed } = this.#workspace;
    const { view } = record;
    const isModal = view.type === 'modal';
    return {
      id: record.id,
      team_id: team.id,
      type: view.type,
      blocks: view.blocks,
      private_metadata: view.private_metadata ?? '',
      callback_id: view.callback_id ?? '',
      state: { values: toStateValues(listAt(view, 'blocks'), typed.get(record.id)) },
      hash: record.hash,
      ...(isModal && {
        title: view.title,
        close: view.close ?? null,
        submit: view.submit ?? null,
      }),
      clear_on_close: view.clear_on_close ?? false,
      notify_on_close: view.notify_on_close ?? false,
      previous_view_id: record.previousId ?? null,
      root_view_id: record.rootId,
      app_id: appId,
      external_id: view.external_id ?? '',
      app_installed_team_id: team.id,
      bot_id: botId,
    };
  }

  #validate(view: unknown, type: string): Dict {
    const problems = checkView(view);
    if (problems.some((problem) => problem.startsWith('view_too_large'))) {
      throw new SlackError('view_too_large');
    }
    if (problems.length > 0) throw createPayloadError('invalid_arguments', problems);
    if (!isDict(view) || view.type !== type) {
      throw createPayloadError('invalid_arguments', [
        `must be a ${type} view [json-pointer:/view/type]`,
      ]);
    }
    return { ...view, blocks: withIds(listAt(view, 'blocks')) };
  }

  #assertUniqueExternalId(view: Dict): void {
    const externalId = stringAt(view, 'external_id');
    if (externalId && this.find(undefined, externalId))
      throw new SlackError('duplicate_external_id');
  }

  #createRecord(
    id: string,
    personId: string,
    view: Dict,
    rootId: string,
    previousId?: string,
  ): ViewRecord {
    return { id, personId, rootId, previousId, hash: this.#newHash(), view, errors: {} };
  }

  #replace(record: ViewRecord, view: Dict): void {
    retainInput(
      this.#workspace.inputs,
      record.id,
      listAt(record.view, 'blocks'),
      listAt(view, 'blocks'),
    );
    record.view = view;
    record.hash = this.#newHash();
    record.errors = {};
    this.#workspace.notifyChange(record.personId, view.type === 'home' ? 'home' : 'modal');
  }

  #newHash(): string {
    return `${Math.floor(this.#workspace.now() / 1000)}.${makeId('', 8)}`;
  }
}
