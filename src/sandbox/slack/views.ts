import { checkView, LIMITS } from '../../slack/limits.ts';
import { type Dict, isDict, listAt, stringAt } from '../dict.ts';
import { refusedWith, SlackError } from './slack-error.ts';
import { keepTyped, stateValues } from './state.ts';
import { makeId, type Workspace, withIds } from './workspace.ts';

/** A modal or Home view that exists now. */
export interface ViewRecord {
  id: string;
  personId: string;
  rootId: string;
  previousId?: string | undefined;
  hash: string;
  /** As the app sent it, with the ids Slack adds. */
  view: Dict;
  /** Errors by block_id, from `response_action: errors`. */
  errors: Record<string, string>;
}

/** Modals (a stack of at most three a person) and Home views, with Slack's rules for changing them. */
export class Views {
  readonly #workspace: Workspace;
  readonly #stacks = new Map<string, ViewRecord[]>();
  readonly #homes = new Map<string, ViewRecord>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** The modals of a person, the visible one last. */
  stack(personId: string): ViewRecord[] {
    return this.#stacks.get(personId) ?? [];
  }

  home(personId: string): ViewRecord | undefined {
    return this.#homes.get(personId);
  }

  /** Puts a modal on top. @throws SlackError invalid_arguments, push_limit_reached, duplicate_external_id */
  push(personId: string, view: unknown): ViewRecord {
    const checked = this.#checked(view, 'modal');
    const stack = this.stack(personId);
    if (stack.length >= LIMITS.viewStack) throw new SlackError('push_limit_reached');
    this.#refuseDuplicate(checked);
    const below = stack.at(-1);
    const id = makeId('V');
    const record = this.#record(id, personId, checked, below?.rootId ?? id, below?.id);
    this.#stacks.set(personId, [...stack, record]);
    this.#workspace.changed(personId, 'modal');
    return record;
  }

  /** Replaces an open view. @throws SlackError not_found, hash_conflict, invalid_arguments */
  update(
    which: { viewId?: string | undefined; externalId?: string | undefined },
    view: unknown,
    hash?: string,
  ) {
    const record = this.find(which.viewId, which.externalId);
    if (!record) throw new SlackError('not_found');
    const checked = this.#checked(view, String(record.view.type));
    if (hash !== undefined && hash !== record.hash) throw new SlackError('hash_conflict');
    if (checked.external_id !== record.view.external_id) this.#refuseDuplicate(checked);
    this.#replace(record, checked);
    return record;
  }

  /** Shows a Home view. @throws SlackError hash_conflict, invalid_arguments */
  publish(personId: string, view: unknown, hash?: string): ViewRecord {
    const checked = this.#checked(view, 'home');
    const known = this.#homes.get(personId);
    if (known) {
      if (hash !== undefined && hash !== known.hash) throw new SlackError('hash_conflict');
      this.#replace(known, checked);
      return known;
    }
    const id = makeId('V');
    const record = this.#record(id, personId, checked, id);
    this.#homes.set(personId, record);
    this.#workspace.changed(personId, 'home');
    return record;
  }

  /** Takes the top modal away, or all of them; returns those that went, the top one first. */
  close(personId: string, all = false): ViewRecord[] {
    const stack = this.stack(personId);
    const kept = all ? [] : stack.slice(0, -1);
    this.#stacks.set(personId, kept);
    const gone = stack.slice(kept.length).reverse();
    for (const record of gone) this.#workspace.typed.delete(record.id);
    this.#workspace.changed(personId, 'modal');
    return gone;
  }

  /** Takes this one view away, wherever it is in the stack. */
  remove(record: ViewRecord): void {
    const kept = this.stack(record.personId).filter((one) => one !== record);
    this.#stacks.set(record.personId, kept);
    this.#workspace.typed.delete(record.id);
    this.#workspace.changed(record.personId, 'modal');
  }

  showErrors(record: ViewRecord, errors: Record<string, string>): void {
    record.errors = errors;
    this.#workspace.changed(record.personId, 'modal');
  }

  find(viewId: string | undefined, externalId?: string): ViewRecord | undefined {
    const open = [...this.#stacks.values()].flat().concat([...this.#homes.values()]);
    return open.find((record) =>
      viewId ? record.id === viewId : externalId && record.view.external_id === externalId,
    );
  }

  /** The view object as methods and payloads carry it. */
  wire(record: ViewRecord): Dict {
    const { team, appId, botId, typed } = this.#workspace;
    const { view } = record;
    const isModal = view.type === 'modal';
    return {
      id: record.id,
      team_id: team.id,
      type: view.type,
      blocks: view.blocks,
      private_metadata: view.private_metadata ?? '',
      callback_id: view.callback_id ?? '',
      state: { values: stateValues(listAt(view, 'blocks'), typed.get(record.id)) },
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

  #checked(view: unknown, type: string): Dict {
    const problems = checkView(view);
    if (problems.some((problem) => problem.startsWith('view_too_large'))) {
      throw new SlackError('view_too_large');
    }
    if (problems.length > 0) throw refusedWith('invalid_arguments', problems);
    if (!isDict(view) || view.type !== type) {
      throw refusedWith('invalid_arguments', [`must be a ${type} view [json-pointer:/view/type]`]);
    }
    return { ...view, blocks: withIds(listAt(view, 'blocks')) };
  }

  #refuseDuplicate(view: Dict): void {
    const externalId = stringAt(view, 'external_id');
    if (externalId && this.find(undefined, externalId))
      throw new SlackError('duplicate_external_id');
  }

  #record(
    id: string,
    personId: string,
    view: Dict,
    rootId: string,
    previousId?: string,
  ): ViewRecord {
    return { id, personId, rootId, previousId, hash: this.#newHash(), view, errors: {} };
  }

  #replace(record: ViewRecord, view: Dict): void {
    keepTyped(
      this.#workspace.typed,
      record.id,
      listAt(record.view, 'blocks'),
      listAt(view, 'blocks'),
    );
    record.view = view;
    record.hash = this.#newHash();
    record.errors = {};
    this.#workspace.changed(record.personId, view.type === 'home' ? 'home' : 'modal');
  }

  #newHash(): string {
    return `${Math.floor(this.#workspace.now() / 1000)}.${makeId('', 8)}`;
  }
}
