import { randomBytes } from 'node:crypto';
import { type Dict, listAt } from '../dict.ts';
import { SlackError } from './slack-error.ts';
import type { SandboxUser, SlackPerson, SlackUserGroup, Team } from './users.ts';

/** One message in a person's conversation with the app. */
export interface Message {
  ts: string;
  channelId: string;
  /** Who wrote it: the person or the app. */
  authorId: string;
  text: string;
  blocks: Dict[];
  threadTs?: string | undefined;
  /** Set when the text was changed without blocks: Slack shows “(edited)” then. */
  editedTs?: string | undefined;
  ephemeral: boolean;
  metadata?: unknown;
  file?: Dict | undefined;
}

export interface Conversation {
  id: string;
  personId: string;
  messages: Message[];
}

interface Trigger {
  personId: string;
  expiresAt: number;
  used: boolean;
  fromView: boolean;
}

/** What a response_url stands for. */
export interface ResponseUrl {
  personId: string;
  channelId: string;
  messageTs?: string | undefined;
  uses: number;
  expiresAt: number;
}

export interface Change {
  personId: string;
  what: 'message' | 'home' | 'modal' | 'notice' | 'mail' | 'people' | 'read';
}

const TRIGGER_MS = 3_000;
const RESPONSE_URL_MS = 30 * 60_000;
const RESPONSE_URL_USES = 5;

/** Made ids look like Slack's; `length` counts the characters after the prefix. */
export const makeId = (prefix: string, length = 10): string =>
  prefix + randomBytes(length).toString('hex').slice(0, length).toUpperCase();

/** The state of the workspace: people, conversations, triggers, response urls. No I/O. */
export class Workspace {
  readonly team: Team;
  readonly now: () => number;
  readonly appId = 'A0ROLEMINE1';
  readonly botId = 'B0ROLEMINE1';
  readonly botUserId = 'U0ROLEMINE1';
  readonly people = new Map<string, SlackPerson>();
  /** There are none until somebody puts some in. */
  readonly userGroups: SlackUserGroup[] = [];
  readonly conversations = new Map<string, Conversation>();
  /** What people typed and chose and did not send yet, by surface; see surfaces.ts. */
  readonly typed = new Map<string, Map<string, Dict>>();
  /** Trouble the person was shown, newest last: what Slack would say in a banner. */
  readonly notices: { personId: string; text: string; at: number }[] = [];
  readonly unread = new Map<string, number>();
  readonly #conversationOf = new Map<string, string>();
  readonly #triggers = new Map<string, Trigger>();
  readonly #responseUrls = new Map<string, ResponseUrl>();
  readonly #listeners = new Set<(change: Change) => void>();
  #lastTs = 0;
  #people = 0;

  constructor(team: Team, now: () => number) {
    this.team = team;
    this.now = now;
    this.people.set(this.botUserId, {
      id: this.botUserId,
      name: 'rolemine',
      realName: 'Rolemine',
      isBot: true,
    });
  }

  addPerson(user: SandboxUser): SlackPerson {
    this.#people += 1;
    const number = this.#people.toString(36).toUpperCase().padStart(8, '0');
    const person = { ...user, id: user.id ?? (user.noSlack ? `X${number}` : `U0${number}`) };
    this.people.set(person.id, person);
    this.changed(person.id, 'people');
    return person;
  }

  /** A person by id, e-mail or handle. */
  find(idOrEmail: string): SlackPerson | undefined {
    const wanted = idOrEmail.replace(/^@/, '').toLowerCase();
    return (
      this.people.get(idOrEmail) ??
      [...this.people.values()].find(
        (person) => person.email?.toLowerCase() === wanted || person.name.toLowerCase() === wanted,
      )
    );
  }

  /** A member of the workspace; people without Slack do not exist for the Web API. */
  member(id: string): SlackPerson | undefined {
    const person = this.people.get(id);
    return person?.noSlack ? undefined : person;
  }

  /** The conversation of the app with this person, made when there is none. */
  conversationWith(personId: string): Conversation {
    const id = this.#conversationOf.get(personId) ?? personId.replace(/^./, 'D');
    this.#conversationOf.set(personId, id);
    const found = this.conversations.get(id) ?? { id, personId, messages: [] };
    this.conversations.set(id, found);
    return found;
  }

  /** Timestamps are ids in Slack: never the same twice, always growing. */
  nextTs(): string {
    this.#lastTs = Math.max(Math.round(this.now() * 1000), this.#lastTs + 1);
    const micros = String(this.#lastTs).padStart(16, '0');
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`;
  }

  post(message: Omit<Message, 'ts' | 'blocks'> & { blocks?: Dict[] | undefined }): Message {
    const posted = { ...message, ts: this.nextTs(), blocks: withIds(message.blocks ?? []) };
    const conversation = this.conversations.get(message.channelId);
    if (!conversation) throw new SlackError('channel_not_found');
    conversation.messages.push(posted);
    const { personId } = conversation;
    if (message.authorId === this.botUserId) {
      this.unread.set(personId, (this.unread.get(personId) ?? 0) + 1);
    }
    this.changed(personId, 'message');
    return posted;
  }

  notice(personId: string, text: string): void {
    this.notices.push({ personId, text, at: this.now() });
    this.changed(personId, 'notice');
  }

  makeTrigger(personId: string, fromView: boolean): string {
    const id = `${this.nextTs()}.${randomBytes(8).toString('hex')}`;
    this.#triggers.set(id, { personId, expiresAt: this.now() + TRIGGER_MS, used: false, fromView });
    return id;
  }

  /** Takes a trigger: it is good for one view within three seconds after it was sent. */
  takeTrigger(id: string | undefined): Trigger {
    const trigger = id ? this.#triggers.get(id) : undefined;
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.used) throw new SlackError('exchanged_trigger_id');
    if (this.now() > trigger.expiresAt) throw new SlackError('expired_trigger_id');
    trigger.used = true;
    return trigger;
  }

  makeResponseUrl(url: Omit<ResponseUrl, 'uses' | 'expiresAt'>): string {
    const id = randomBytes(12).toString('hex');
    this.#responseUrls.set(id, { ...url, uses: 0, expiresAt: this.now() + RESPONSE_URL_MS });
    return id;
  }

  /** Takes one of the five uses of a response_url. */
  takeResponseUrl(id: string): ResponseUrl {
    const url = this.#responseUrls.get(id);
    if (!url || this.now() > url.expiresAt) throw new SlackError('expired_url');
    if (url.uses >= RESPONSE_URL_USES) throw new SlackError('used_url');
    url.uses += 1;
    return url;
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(personId: string, what: Change['what']): void {
    for (const listener of this.#listeners) listener({ personId, what });
  }
}

/** Blocks as Slack stores them: every block has a block_id, every interactive element an action_id. */
export function withIds(blocks: Dict[]): Dict[] {
  const identify = (element: Dict): Dict =>
    element.action_id ||
    element.type === 'image' ||
    element.type === 'mrkdwn' ||
    element.type === 'plain_text'
      ? element
      : { ...element, action_id: makeId('', 5) };
  return structuredClone(blocks).map((block) => {
    const identified: Dict = { ...block, block_id: block.block_id ?? makeId('', 5) };
    if (block.type === 'actions') identified.elements = listAt(block, 'elements').map(identify);
    for (const key of ['element', 'accessory']) {
      const element = block[key];
      if (element) identified[key] = identify(element as Dict);
    }
    return identified;
  });
}
