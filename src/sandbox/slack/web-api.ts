import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dict, isDict, parseJson, stringAt } from '../dict.ts';
import { readBody, sendJson } from '../http.ts';
import { chatMethods } from './chat-methods.ts';
import type { FailRule, Failures } from './failures.ts';
import type { ApiCall, Method } from './method.ts';
import { peopleMethods } from './people-methods.ts';
import { RateLimits } from './rate-limits.ts';
import { SlackError } from './slack-error.ts';
import { surfaceMethods } from './surface-methods.ts';

/** One call of the app, with its answer. */
export interface RecordedCall {
  method: string;
  args: Dict;
  /** Milliseconds by the sandbox's clock. */
  at: number;
  answer: Dict;
}

export interface WebApiOptions {
  context: Omit<ApiCall, 'args' | 'baseUrl'>;
  baseUrl: () => string;
  botToken: string;
  appToken: string;
  failures: Failures;
  rateLimits: 'slack' | 'off';
}

const methods: Record<string, Method> = { ...peopleMethods, ...chatMethods, ...surfaceMethods };
/** Arguments that are JSON inside a form. */
const jsonArgs = ['blocks', 'view', 'metadata', 'attachments', 'files'];
const maxRecordedCalls = 5_000;

/** The Web API: checks tokens, scopes, arguments and rate limits, and injects failures. */
export class WebApi {
  readonly calls: RecordedCall[] = [];
  readonly #options: WebApiOptions;
  readonly #limits: RateLimits;

  constructor(options: WebApiOptions) {
    this.#options = options;
    this.#limits = new RateLimits(options.context.workspace.now);
  }

  async handle(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { failures, context } = this.#options;
    const args = await readArguments(request);
    if (failures.isOffline() || failures.take(['offline'], name)) {
      request.socket.destroy();
      return;
    }
    const slow = failures.take(['slow'], name);
    if (slow) await sleep(slow.delayMs ?? 4_000);
    const failure = failures.take(['429', '500', 'refuse'], name);
    if (failure?.kind === '500') {
      response.writeHead(500).end('Internal Server Error');
      return;
    }
    const { token, ...rest } = args;
    const callToken = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? token;
    const answer = await this.#answer(name, rest, callToken, failure);
    this.calls.push({ method: name, args: rest, at: context.workspace.now(), answer });
    if (this.calls.length > maxRecordedCalls) this.calls.shift();
    const wait = answer.error === 'ratelimited' ? Number(answer.retry_after) : 0;
    const { retry_after: _, ...body } = answer;
    sendJson(response, wait ? 429 : 200, body, {
      'x-oauth-scopes': context.scopes.join(','),
      'x-accepted-oauth-scopes': methods[name]?.scope ?? '',
      ...(wait ? { 'retry-after': String(wait) } : {}),
    });
  }

  async #answer(
    name: string,
    args: Dict,
    token: unknown,
    failure: FailRule | undefined,
  ): Promise<Dict> {
    try {
      const method = this.#authorize(name, args, token);
      if (failure?.kind === 'refuse') throw new SlackError(failure.error ?? 'internal_error');
      const channel = stringAt(args, 'channel');
      const wait =
        failure?.kind === '429'
          ? (failure.retryAfterSeconds ?? 1)
          : this.#options.rateLimits === 'slack'
            ? this.#limits.getWaitSeconds(name, method.perMinute, channel)
            : 0;
      if (wait) throw new SlackError('ratelimited', { retry_after: wait });
      const call = { ...this.#options.context, args, baseUrl: this.#options.baseUrl() };
      return { ok: true, ...(await method.run(call)) };
    } catch (error) {
      if (error instanceof SlackError) return { ok: false, error: error.code, ...error.extra };
      throw error;
    }
  }

  /** Checks that this token may call this method with these arguments. @throws SlackError */
  #authorize(name: string, args: Dict, token: unknown): Method {
    const { botToken, appToken, context } = this.#options;
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method) throw new SlackError('unknown_method', { req_method: name });
    if (!token) throw new SlackError('not_authed');
    if (token !== botToken && token !== appToken) throw new SlackError('invalid_auth');
    if ((token === appToken) !== (method.token === 'app'))
      throw new SlackError('not_allowed_token_type');
    if (method.scope && !context.scopes.includes(method.scope)) {
      throw new SlackError('missing_scope', {
        needed: method.scope,
        provided: context.scopes.join(','),
      });
    }
    const unknown = Object.keys(args).filter(
      (key) => key !== 'team_id' && !method.args.includes(key),
    );
    if (unknown.length > 0) {
      const messages = unknown.map((key) => `[ERROR] unknown argument: ${key}`);
      throw new SlackError('invalid_arguments', { response_metadata: { messages } });
    }
    return method;
  }
}

/** Reads the arguments of a call from the query, a form or JSON. */
async function readArguments(request: IncomingMessage): Promise<Dict> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = (await readBody(request)).toString('utf8');
  const isJson = request.headers['content-type']?.includes('application/json') ?? false;
  const parsed = isJson ? parseJson(body) : undefined;
  const fromBody = isDict(parsed)
    ? parsed
    : isJson
      ? {}
      : Object.fromEntries(new URLSearchParams(body));
  const args: Dict = { ...Object.fromEntries(url.searchParams), ...fromBody };
  for (const key of jsonArgs) {
    const value = args[key];
    // A value that is not JSON stays text; the method rejects its type.
    if (typeof value === 'string') args[key] = parseJson(value) ?? value;
  }
  return args;
}
