import { randomBytes } from 'node:crypto';
import { type Dict, isDict, listAt } from '../dict.ts';
import { SlackError } from './slack-error.ts';
import type { SandboxUser, SlackPerson, SlackUserGroup, Team } from './users.ts';

/** One message in a person's conversation with the app. */
export interface Message {
  ts: string;
  channelId: string;
  /** The id of the person or of the app. */
  authorId: string;
  text: string;
  blocks: Dict[];
  threadTs?: string | undefined;
  /** Set when the text was changed without blocks; Slack then shows “(edited)”. */
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

/** The target of a response_url. */
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

const triggerLifetimeMs = 3_000;
const responseUrlLifetimeMs = 30 * 60_000;
const maxResponseUrlUses = 5;

/** Creates an id like Slack's; `length` is the number of characters after the prefix. */
export const makeId = (prefix: string, length = 10): string =>
  prefix + randomBytes(length).toString('hex').slice(0, length).toUpperCase();

/** The state of the workspace: people, conversations, triggers, response URLs. No I/O. */
export class SandboxWorkspace {
  readonly team: Team;
  readonly now: () => number;
  readonly appId = 'A0ROLEMINE1';
  readonly botId = 'B0ROLEMINE1';
  readonly botUserId = 'U0ROLEMINE1';
  readonly people = new Map<string, SlackPerson>();
  /** Empty unless the options of the sandbox add some. */
  readonly userGroups: SlackUserGroup[] = [];
  readonly conversations = new Map<string, Conversation>();
  /** Values that people typed or chose but did not send yet, by surface; see surfaces.ts. */
  readonly inputs = new Map<string, Map<string, Dict>>();
  /** Error notices shown to people, newest last; Slack shows them in a banner. */
  readonly notices: { personId: string; text: string; at: number }[] = [];
  readonly unread = new Map<string, number>();
  /** The messages that Slack notified people of, oldest first. It notifies nobody of an edit or an ephemeral message. */
  readonly notifications: { personId: string; ts: string; text: string }[] = [];
  /** Number of mails that a person has opened the mailbox on. */
  readonly readMail = new Map<string, number>();
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
    this.notifyChange(person.id, 'people');
    return person;
  }

  /** Finds a person by id, e-mail or handle. */
  find(idOrEmail: string): SlackPerson | undefined {
    const query = idOrEmail.replace(/^@/, '').toLowerCase();
    return (
      this.people.get(idOrEmail) ??
      [...this.people.values()].find(
        (person) => person.email?.toLowerCase() === query || person.name.toLowerCase() === query,
      )
    );
  }

  /** Finds a member of the workspace. For the Web API, people without Slack do not exist. */
  member(id: string): SlackPerson | undefined {
    const person = this.people.get(id);
    return person?.noSlack ? undefined : person;
  }

  /** The app's conversation with this person; creates it if necessary. */
  conversationWith(personId: string): Conversation {
    const id = this.#conversationOf.get(personId) ?? personId.replace(/^./, 'D');
    this.#conversationOf.set(personId, id);
    const found = this.conversations.get(id) ?? { id, personId, messages: [] };
    this.conversations.set(id, found);
    return found;
  }

  /** Creates a timestamp. Slack uses them as ids, so they are unique and always increase. */
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
    if (message.authorId === this.botUserId && !message.ephemeral) {
      this.notifications.push({ personId, ts: posted.ts, text: posted.text });
      this.unread.set(personId, (this.unread.get(personId) ?? 0) + 1);
    }
    this.notifyChange(personId, 'message');
    return posted;
  }

  notice(personId: string, text: string): void {
    this.notices.push({ personId, text, at: this.now() });
    this.notifyChange(personId, 'notice');
  }

  makeTrigger(personId: string, fromView: boolean): string {
    const id = `${this.nextTs()}.${randomBytes(8).toString('hex')}`;
    this.#triggers.set(id, {
      personId,
      expiresAt: this.now() + triggerLifetimeMs,
      used: false,
      fromView,
    });
    return id;
  }

  /** Uses a trigger: it opens one view, within three seconds. */
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
    this.#responseUrls.set(id, { ...url, uses: 0, expiresAt: this.now() + responseUrlLifetimeMs });
    return id;
  }

  /** Uses a response_url, at most five times. */
  takeResponseUrl(id: string): ResponseUrl {
    const url = this.#responseUrls.get(id);
    if (!url || this.now() > url.expiresAt) throw new SlackError('expired_url');
    if (url.uses >= maxResponseUrlUses) throw new SlackError('used_url');
    url.uses += 1;
    return url;
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  notifyChange(personId: string, what: Change['what']): void {
    for (const listener of this.#listeners) listener({ personId, what });
  }
}

/**
 * Adds the ids that Slack adds: a block_id to every block, an action_id to every interactive
 * element.
 */
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
      if (isDict(element)) identified[key] = identify(element);
    }
    return identified;
  });
}
