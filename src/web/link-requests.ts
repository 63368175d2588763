import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { Refusal } from '../errors.ts';
import type { Ctx } from '../governance/context.ts';
import type { Guesses } from './guesses.ts';
import { sentencePage } from './layout.ts';

/** What the pages behind links in e-mails need. */
export interface LinkDeps {
  newCtx(): Ctx;
  /** The zone of times for people whose own is not known. */
  timeZone: string;
}

/** What a form sent, by the names of its fields. */
export type FormFields = Record<string, string>;

/** 256 bits in base64url. */
const tokenShape = /^[\w-]{43}$/;
const parseForm = express.urlencoded({ extended: false, limit: '160kb', parameterLimit: 20 });

/** The token in the address, if it looks like one. */
export function tokenOf(request: Request): string {
  const { token } = request.params;
  if (typeof token === 'string' && tokenShape.test(token)) return token;
  throw noSuchLink;
}

const noSuchLink = new Refusal(
  'missing',
  'This link opens nothing here. Perhaps part of it was cut off: open it from the mail again.',
);

/** Reads what a page's form sends, and nothing else: JSON or a file could come from elsewhere. */
export const readForm: RequestHandler[] = [
  (request, response, next) => {
    if (request.is('application/x-www-form-urlencoded')) return next();
    const sentence = 'Only the forms of this page can be sent here.';
    response.status(415).send(sentencePage('Not understood', sentence));
  },
  parseForm,
];

/** The fields that a form sent once each, as they were typed. */
export function fieldsOf(request: Request): FormFields {
  const given = Object.entries((request.body ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    given.flatMap(([name, value]) =>
      // PostgreSQL keeps no NUL, and a browser sends line breaks as two characters.
      typeof value === 'string' ? [[name, value.replaceAll('\0', '').replace(/\r\n?/g, '\n')]] : [],
    ),
  );
}

/** Pages are read with GET and HEAD, and their forms sent with POST. */
export const otherMethods: RequestHandler = (_request, response) => {
  const sentence = 'A link can be opened, and the forms of its page can be sent; nothing else.';
  response.status(405).set('Allow', 'GET, HEAD, POST').send(sentencePage('Not here', sentence));
};

const statuses = {
  invalid: 422,
  forbidden: 403,
  conflict: 409,
  missing: 404,
  unavailable: 503,
} as const satisfies Record<Refusal['code'], number>;

export function statusOf({ code }: Refusal): number {
  return statuses[code];
}

/** What is said of a link that does not open. One that does not exist may be a guess, and guesses are slowed down. */
export function answerLinkErrors(guesses: Guesses): ErrorRequestHandler {
  return async (error, request, response, next) => {
    if (error instanceof Refusal) return refuse(error, request, response, guesses);
    const status = Number(error?.status);
    if (!(status >= 400 && status < 500)) return next(error);
    const sentence =
      status === 413
        ? 'This is longer than anything that can be kept; go back, shorten it, and send it again.'
        : 'What was sent here cannot be understood; nothing was done.';
    response.status(status).send(sentencePage('Not understood', sentence));
  };
}

async function refuse(
  refusal: Refusal,
  request: Request,
  response: Response,
  guesses: Guesses,
): Promise<void> {
  if (refusal.code !== 'missing') {
    // What was there and is not any more.
    const status = refusal.code === 'conflict' ? 410 : statusOf(refusal);
    response.status(status).send(sentencePage('This link does not open', refusal.message));
    return;
  }
  if (await guesses.count(request.ip ?? '')) {
    response.status(404).send(sentencePage('This link does not open', refusal.message));
    return;
  }
  const sentence = 'Too many links that do not exist were tried from here. Try again in a minute.';
  response.status(429).set('Retry-After', '60').send(sentencePage('Not now', sentence));
}
