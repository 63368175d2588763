import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { Refusal } from '../errors.ts';
import type { Ctx } from '../governance/context.ts';
import type { GuessLimiter } from './guess-limiter.ts';
import { renderSentencePage } from './layout.ts';
import type { SpentForms } from './spent-forms.ts';

/** The dependencies of the pages that e-mails link to. */
/** The pages, with what they keep while the program runs. */
export interface PageDeps extends LinkDeps {
  guesses: GuessLimiter;
  spentForms: SpentForms;
}

export interface LinkDeps {
  newCtx(): Ctx;
  /** The address at which people reach the pages. */
  publicUrl?: string | undefined;
}

/** The values that a form sent, by field name. */
export type FormFields = Record<string, string>;

/** 256 bits in base64url. */
const tokenShape = /^[\w-]{43}$/;

const unknownLink = new Refusal(
  'missing',
  'This link does not work. Part of it may be missing: open it from the e-mail again.',
);

/** Reads the token in the URL. @throws Refusal missing when it does not look like one. */
export function readToken(request: Request): string {
  const { token } = request.params;
  if (typeof token === 'string' && tokenShape.test(token)) return token;
  throw unknownLink;
}

/**
 * Refuses forms that another site sends. Browsers say where a request comes from in Sec-Fetch-Site or, over plain HTTP,
 * in Origin, which is "null" on these pages because they send no referrer.
 */
export function refuseForeignForms(publicUrl: string | undefined): RequestHandler {
  const ownHost = publicUrl && new URL(publicUrl).host;
  return (request, response, next) => {
    const site = request.get('Sec-Fetch-Site');
    const origin = request.get('Origin') ?? 'null';
    const host = URL.canParse(origin) ? new URL(origin).host : undefined;
    const isOwn =
      site === undefined
        ? origin === 'null' || host === request.get('Host') || host === ownHost
        : site === 'same-origin' || site === 'none';
    if (request.method !== 'POST' || isOwn) return next();
    const sentence = 'This form came from another site, so nothing was done.';
    response.status(403).send(renderSentencePage('Not allowed', sentence));
  };
}

/** Accepts forms only. JSON or a file could come from another site. @param parameterLimit the number of fields */
export function readFormOf(parameterLimit: number): RequestHandler[] {
  return [
    (request, response, next) => {
      if (request.is('application/x-www-form-urlencoded')) return next();
      const sentence = 'This page accepts only its own forms.';
      response.status(415).send(renderSentencePage('Request not understood', sentence));
    },
    express.urlencoded({ extended: false, limit: '160kb', parameterLimit }),
  ];
}

export const readForm = readFormOf(20);

/** Reads the fields that a form sent exactly once, as they were typed. */
export function readFields(request: Request): FormFields {
  const fields = Object.entries<unknown>(request.body ?? {});
  return Object.fromEntries(
    fields.flatMap(([name, value]) =>
      // PostgreSQL cannot store NUL, and browsers send a line break as two characters.
      typeof value === 'string' ? [[name, value.replaceAll('\0', '').replace(/\r\n?/g, '\n')]] : [],
    ),
  );
}

/** Reads all values of a field that a form may send several times. */
export function readValues(request: Request, name: string): string[] {
  const value: unknown = Object.hasOwn(request.body ?? {}, name) ? request.body[name] : [];
  return [value].flat().filter((one) => typeof one === 'string');
}

/** Reads a word of the address: the `q` of "?q=words". */
export function readQuery(request: Request, name: string): string | undefined {
  const { [name]: value } = request.query;
  return typeof value === 'string' ? value : undefined;
}

/** Refuses all methods except GET and HEAD, which read a page, and POST, which sends its forms. */
export const refuseOtherMethods: RequestHandler = (_request, response) => {
  const sentence = 'You can only open this link or send a form of its page.';
  response
    .status(405)
    .set('Allow', 'GET, HEAD, POST')
    .send(renderSentencePage('Not allowed', sentence));
};

const httpStatuses = {
  invalid: 422,
  forbidden: 403,
  conflict: 409,
  missing: 404,
  unavailable: 503,
} as const satisfies Record<Refusal['code'], number>;

export function toHttpStatus({ code }: Refusal): number {
  return httpStatuses[code];
}

/** Answers requests for links that do not work. An unknown link may be a guess, so many of them are delayed. */
export function answerLinkErrors(guesses: GuessLimiter): ErrorRequestHandler {
  return async (error, request, response, next) => {
    if (error instanceof Refusal) return answerRefusal(error, request, response, guesses);
    const status = Number(error?.status);
    if (!(status >= 400 && status < 500)) return next(error);
    const sentence = describeUnreadable(status, error?.type);
    response.status(status).send(renderSentencePage('Request not understood', sentence));
  };
}

/** @param type the kind of error, as the parser of forms names it */
function describeUnreadable(status: number, type: unknown): string {
  if (type === 'parameters.too.many') {
    return 'This form has too many entries; nothing was done. Go back and select fewer.';
  }
  return status === 413
    ? 'This text is too long. Go back, shorten it and send it again.'
    : 'This request cannot be read; nothing was done.';
}

async function answerRefusal(
  refusal: Refusal,
  request: Request,
  response: Response,
  guesses: GuessLimiter,
): Promise<void> {
  const title = 'This link does not work';
  if (refusal.code !== 'missing') {
    // A conflict here means that the link worked before.
    const status = refusal.code === 'conflict' ? 410 : toHttpStatus(refusal);
    response.status(status).send(renderSentencePage(title, refusal.message));
    return;
  }
  await answerGuess({ request, response, guesses }, () => {
    response.status(404).send(renderSentencePage(title, refusal.message));
  });
}

/** Answers a request with a token that does not exist, which may be a guess: too many are delayed or refused. */
export async function answerGuess(
  { request, response, guesses }: { request: Request; response: Response; guesses: GuessLimiter },
  answer: () => void,
): Promise<void> {
  if (await guesses.countGuess(request.ip ?? '')) return answer();
  const sentence = 'Too many wrong links were opened from your network. Try again in a minute.';
  response
    .status(429)
    .set('Retry-After', '60')
    .send(renderSentencePage('Too many requests', sentence));
}
