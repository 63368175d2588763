import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Mail, Mailbox } from './mail.ts';
import type { UploadedFile } from './slack/method.ts';
import type { ViewRecord, Views } from './slack/views.ts';
import type { Conversation, SandboxWorkspace } from './slack/workspace.ts';

/** The parts of a sandbox whose contents outlast a restart. */
interface Parts {
  workspace: SandboxWorkspace;
  views: Views;
  mailbox: Mailbox;
  files: Map<string, UploadedFile>;
}

/** The contents of the file, as JSON. */
interface Saved {
  version: number;
  store: string;
  conversations: Conversation[];
  homes: ViewRecord[];
  mails: Mail[];
  unread: [string, number][];
  readMail: [string, number][];
  files: (Omit<UploadedFile, 'bytes'> & { base64: string })[];
}

const version = 1;
/** Changes within this time are written together. A crash loses them; the app then posts again what it misses. */
const saveAfterMs = 500;

/**
 * Keeps the conversations, Homes, mail and files of the sandbox in a file, so that they outlast a restart as they do in
 * Slack. The file belongs to one store: with another one its messages would be about other tasks.
 */
export class SandboxMemory {
  readonly #path: string;
  readonly #store: string;
  readonly #saved: Saved | undefined;
  #parts: Parts | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, store: string, saved: Saved | undefined) {
    this.#path = path;
    this.#store = store;
    this.#saved = saved;
  }

  /** Reads the file. A missing or unreadable one, or one of another store, counts as empty. */
  static async open(path: string, store: string): Promise<SandboxMemory> {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    const saved = text === undefined ? undefined : parseSaved(text);
    return new SandboxMemory(path, store, saved?.store === store ? saved : undefined);
  }

  get isEmpty(): boolean {
    return this.#saved === undefined;
  }

  /** Fills the parts with what was saved, and saves their changes from now on. */
  attach(parts: Parts): void {
    this.#parts = parts;
    if (this.#saved) fill(parts, this.#saved);
    parts.workspace.onChange(() => {
      this.#timer ??= setTimeout(() => this.#save(), saveAfterMs);
    });
  }

  /** Saves the last changes. */
  async close(): Promise<void> {
    this.#save();
    await this.#writing;
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const parts = this.#parts;
    if (!parts) return;
    // Without the folder there is nothing to keep: somebody deleted it to start over.
    this.#writing = this.#writing
      .then(() => write(this.#path, JSON.stringify(toSaved(parts, this.#store))))
      .catch(() => undefined);
  }
}

function parseSaved(text: string): Saved | undefined {
  try {
    // Only `toSaved` writes this file, so the version says its shape.
    const saved: Saved = JSON.parse(text);
    return saved.version === version ? saved : undefined;
  } catch {
    return undefined;
  }
}

function toSaved({ workspace, views, mailbox, files }: Parts, store: string): Saved {
  return {
    version,
    store,
    conversations: [...workspace.conversations.values()],
    homes: views.homes(),
    mails: mailbox.mails,
    unread: [...workspace.unread],
    readMail: [...workspace.readMail],
    files: [...files.values()].flatMap(({ bytes, ...file }) =>
      bytes ? [{ ...file, base64: bytes.toString('base64') }] : [],
    ),
  };
}

function fill({ workspace, views, mailbox, files }: Parts, saved: Saved): void {
  for (const one of saved.conversations) workspace.conversations.set(one.id, one);
  for (const one of saved.homes) views.restoreHome(one);
  mailbox.mails.push(...saved.mails);
  for (const [person, count] of saved.unread) workspace.unread.set(person, count);
  for (const [person, count] of saved.readMail) workspace.readMail.set(person, count);
  for (const { base64, ...file } of saved.files) {
    files.set(file.id, { ...file, bytes: Buffer.from(base64, 'base64') });
  }
}

/** Replaces the file whole, so that a crash leaves the old one. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
