import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxActor } from './actor.ts';
import { type Dict, dictAt, isDict, parseJson, stringAt } from './dict.ts';
import { readBody, sendJson } from './http.ts';
import type { Mailbox } from './mail.ts';
import type { UploadedFile } from './slack/method.ts';
import type { SurfaceKind, Target } from './slack/surfaces.ts';
import type { Change, SandboxWorkspace } from './slack/workspace.ts';

// The page is static files. From src/sandbox and from dist/sandbox this is the same folder of the
// checkout.
const pageFolder = new URL('../../src/sandbox/page/', import.meta.url);
const contentTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' https: data:; style-src 'self' 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
/** Lists the commands that a person can use, by the id of the person. */
export type ListCommandHints = (
  personId: string,
) => Promise<{ command: string; summary: string }[]>;

const apiPrefix = '/sandbox/api/';

export interface PageParts {
  workspace: SandboxWorkspace;
  mailbox: Mailbox;
  files: Map<string, UploadedFile>;
  actor: (id: string) => SandboxActor;
}

/** Serves the page and the small JSON API behind it. */
export class PageApi {
  readonly #parts: PageParts;
  readonly #streams = new Set<ServerResponse>();
  readonly #stopListening: () => void;
  #listCommandHints: ListCommandHints = async () => [];

  constructor(parts: PageParts) {
    this.#parts = parts;
    this.#stopListening = parts.workspace.onChange((change) => this.#notifyPages(change));
  }

  setCommandHints(list: ListCommandHints): void {
    this.#listCommandHints = list;
  }

  /** Whether this path belongs to the page. */
  isPagePath(method: string, path: string): boolean {
    return (
      path.startsWith('/sandbox/') || ((method === 'GET' || method === 'HEAD') && path === '/')
    );
  }

  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!path.startsWith(apiPrefix)) return this.#serveFile(path, response);
    const [noun = '', id = '', verb = ''] = path
      .slice(apiPrefix.length)
      .split('/')
      .map(decodeURIComponent);
    if (request.method === 'POST' && noun === 'people')
      return this.#act(id, verb, request, response);
    if (noun === 'events') return this.#stream(response);
    if (noun === 'mail') return sendJson(response, 200, [...this.#parts.mailbox.mails].reverse());
    if (noun === 'people' && !id) return sendJson(response, 200, this.#listPeople());
    if (noun === 'commands') return sendJson(response, 200, await this.#listCommandHints(id));
    if (noun === 'people' && this.#parts.workspace.people.has(id)) {
      return sendJson(response, 200, this.#describePerson(id));
    }
    sendJson(response, 404, { error: 'Not found' });
  }

  close(): void {
    this.#stopListening();
    for (const stream of this.#streams) stream.end();
  }

  #listPeople(): Dict[] {
    const { workspace } = this.#parts;
    return [...workspace.people.values()]
      .filter((person) => !person.isBot)
      .map(({ id, name, realName, title, email, hint, noSlack, deleted, ...kind }) => ({
        id,
        name,
        realName,
        title,
        email,
        hint,
        noSlack,
        deleted,
        isGuest: kind.isRestricted || kind.isUltraRestricted || undefined,
        unread: (workspace.unread.get(id) ?? 0) + this.#countUnreadMail(id, email),
      }));
  }

  #describePerson(id: string): Dict {
    const actor = this.#parts.actor(id);
    const { person } = actor;
    const ownMail = this.#listMail(person.email);
    const isMember = !person.noSlack;
    return {
      person,
      messages: isMember ? actor.messages() : [],
      home: isMember ? actor.home() : undefined,
      modal: isMember ? actor.modal() : undefined,
      modalDepth: isMember ? actor.modalDepth() : 0,
      notices: this.#parts.workspace.notices.filter((notice) => notice.personId === id),
      notifications: this.#parts.workspace.notifications.filter((one) => one.personId === id),
      mail: ownMail.reverse(),
      unread: this.#parts.workspace.unread.get(id) ?? 0,
      unreadMail: this.#countUnreadMail(id, person.email),
    };
  }

  #listMail(email: string | undefined) {
    const address = email?.toLowerCase();
    return this.#parts.mailbox.mails.filter((mail) =>
      mail.to.some((to) => to.toLowerCase() === address),
    );
  }

  #countUnreadMail(id: string, email: string | undefined): number {
    return this.#listMail(email).length - (this.#parts.workspace.readMail.get(id) ?? 0);
  }

  async #act(
    id: string,
    verb: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = parseJson((await readBody(request)).toString('utf8'));
    if (!isDict(body) || !this.#parts.workspace.people.has(id)) {
      return sendJson(response, 400, { error: 'Send JSON for an existing person' });
    }
    try {
      sendJson(
        response,
        200,
        (await this.#runAction(this.#parts.actor(id), verb, body)) ?? { ok: true },
      );
    } catch (error) {
      sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #runAction(actor: SandboxActor, verb: string, body: Dict): Promise<unknown> {
    const target = toTarget(dictAt(body, 'target'));
    switch (verb) {
      case 'command':
        return actor.command(stringAt(body, 'command') ?? '', stringAt(body, 'text'));
      case 'dm':
        return {
          ts: await actor.dm(stringAt(body, 'text') ?? '', {
            threadTs: stringAt(body, 'threadTs'),
          }),
        };
      case 'open':
        return body.tab === 'home' ? actor.openHome() : actor.openMessages();
      case 'click':
        return actor.click(target);
      case 'select':
        return actor.select({ ...target, to: body.to });
      case 'type':
        return actor.type(target, body.to);
      case 'suggest':
        return actor.suggestAnswer(target, stringAt(body, 'query') ?? '');
      case 'submit':
        return actor.submit();
      case 'close':
        return actor.closeModal({ all: body.all === true });
      case 'read':
        return this.#read(actor, body.tab === 'mail');
      default:
        throw new Error(`Unknown action ${verb}`);
    }
  }

  #read(actor: SandboxActor, isMail: boolean): void {
    const { workspace } = this.#parts;
    if (isMail) workspace.readMail.set(actor.id, this.#listMail(actor.person.email).length);
    else workspace.unread.delete(actor.id);
    workspace.notifyChange(actor.id, 'read');
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #notifyPages(change: Change): void {
    for (const stream of this.#streams) stream.write(`data: ${JSON.stringify(change)}\n\n`);
  }

  async #serveFile(path: string, response: ServerResponse): Promise<void> {
    const upload = /^\/sandbox\/files\/(\w+)$/.exec(path)?.[1];
    const file = upload ? this.#parts.files.get(upload) : undefined;
    if (file?.bytes) {
      const name = encodeURIComponent(file.name);
      response.writeHead(200, {
        ...securityHeaders,
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${name}`,
      });
      response.end(file.bytes);
      return;
    }
    const name = path === '/' ? 'index.html' : path.slice('/sandbox/'.length);
    const type = contentTypes[name.split('.').at(-1) ?? ''];
    const bytes =
      /^[\w-]+\.\w+$/.test(name) && type
        ? await readFile(new URL(name, pageFolder)).catch(() => undefined)
        : undefined;
    if (!bytes) {
      response.writeHead(404, securityHeaders).end('Not found');
      return;
    }
    response.writeHead(200, {
      ...securityHeaders,
      'content-type': type,
      'cache-control': 'no-cache',
    });
    response.end(bytes);
  }
}

function toTarget(body: Dict): Target {
  const kind = stringAt(body, 'in');
  const isKind = kind === 'message' || kind === 'home' || kind === 'modal';
  return {
    in: isKind ? (kind satisfies SurfaceKind) : undefined,
    text: stringAt(body, 'text'),
    actionId: stringAt(body, 'actionId'),
    blockId: stringAt(body, 'blockId'),
    messageTs: stringAt(body, 'messageTs'),
  };
}
