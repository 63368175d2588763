import { type Request, type RequestHandler, type Response, Router } from 'express';
import { Refusal } from '../errors.ts';
import type { Ctx } from '../governance/context.ts';
import { readExpiredPage, renewLink } from '../governance/email-links/renew-link.ts';
import {
  commentByLink,
  decideByLink,
  findTakersByLink,
  readTaskPage,
  reassignByLink,
  type TaskPage,
} from '../governance/email-links/task-page.ts';
import { expiredPage } from './expired-page.ts';
import { formToken, isFormFresh } from './form-token.ts';
import {
  type FormFields,
  fieldsOf,
  type LinkDeps,
  otherMethods,
  readForm,
  statusOf,
  tokenOf,
} from './link-requests.ts';
import { maxReasonLength, type TaskForm } from './task-forms.ts';
import { taskPage } from './task-page.ts';

/** The page behind a link of a task. It is read with GET, which changes nothing; its forms come back to its own address. */
export function taskLinks(deps: LinkDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/t/:token', show(deps));
  router.post('/t/:token', readForm, act(deps));
  router.all('/t/:token', otherMethods);
  return router;
}

function show(deps: LinkDeps): RequestHandler {
  return async (request, response) => {
    const token = tokenOf(request);
    if (await answerExpired(deps, response, token)) return;
    const words = typeof request.query.q === 'string' ? request.query.q : undefined;
    await answer(deps, response, { token, words, typed: {} });
  };
}

const sentAgain = 'A new message is on its way, in Slack or by e-mail.';

/** What is said of a link that has expired, and sending a new one. @returns whether it has. */
async function answerExpired(
  deps: LinkDeps,
  response: Response,
  token: string,
  sent?: FormFields,
): Promise<boolean> {
  const ctx = deps.newCtx();
  const page = await readExpiredPage(ctx, token);
  if (!page) return false;
  const about = 'renew';
  let said: string | undefined;
  if (sent?.do === about && isFormFresh(token, about, sent.form ?? '', ctx.now)) {
    said = await renewLink(ctx, token).then(
      () => sentAgain,
      (error) => {
        if (error instanceof Refusal) return error.message;
        throw error;
      },
    );
  }
  const form = formToken(token, about, ctx.now);
  response.status(said ? 200 : 410).send(expiredPage(page, form, said));
  return true;
}

/** What became of what a form sent, and where it was typed. */
type Trouble = NonNullable<TaskForm['trouble']> & { status: number };

function act(deps: LinkDeps): RequestHandler {
  return async (request: Request, response: Response) => {
    const token = tokenOf(request);
    const fields = fieldsOf(request);
    // Whether the link opens is found first, since anybody can send a form.
    if (await answerExpired(deps, response, token, fields)) return;
    const trouble = await carryOut(deps.newCtx(), token, fields);
    if (!trouble) {
      // A browser would keep the place in the page that the form was sent from.
      const place = fields.do === 'comment' ? 'comments' : 'top';
      response.redirect(303, `${token}#${place}`);
      return;
    }
    await answer(deps, response, { token, words: fields.q, typed: fields, trouble });
  };
}

const oldForm =
  'This page had been open for too long, so nothing was done. Look at it once more and send it again; what you wrote is still here.';

/** @returns why it is not done; undefined when it is. */
async function carryOut(ctx: Ctx, token: string, fields: FormFields): Promise<Trouble | undefined> {
  const at = isPlace(fields.do) ? fields.do : undefined;
  if (!isFormFresh(token, fields.version ?? '', fields.form ?? '', ctx.now)) {
    return { sentence: oldForm, status: 403, at: at ?? 'decide' };
  }
  try {
    if (!at) throw new Refusal('invalid', 'Choose what to do; nothing was done.');
    await verbs[at](ctx, token, fields);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { sentence: error.message, status: statusOf(error), at: at ?? 'decide' };
  }
}

/** By what a form says it is. */
const verbs = {
  decide: async (ctx: Ctx, token: string, { decision, version, reason = '' }: FormFields) => {
    if (decision !== 'yes' && decision !== 'no') {
      throw new Refusal('invalid', 'Choose one of the two; nothing was done.');
    }
    const positive = decision === 'yes';
    await decideByLink(ctx, token, { version: Number(version), positive, reason });
  },
  reassign: async (ctx: Ctx, token: string, { person, version, reason = '' }: FormFields) => {
    if (!/^\d{1,9}$/.test(person ?? '')) throw new Refusal('invalid', 'Choose who is to take it.');
    await reassignByLink(ctx, token, {
      version: Number(version),
      personId: Number(person),
      reason,
    });
  },
  comment: (ctx: Ctx, token: string, { comment = '' }: FormFields) =>
    commentByLink(ctx, token, comment),
};

function isPlace(name: string | undefined): name is keyof typeof verbs {
  return name !== undefined && Object.hasOwn(verbs, name);
}

async function answer(
  deps: LinkDeps,
  response: Response,
  given: {
    token: string;
    /** Whom to look for, to reassign it to. */
    words: string | undefined;
    typed: FormFields;
    trouble?: Trouble;
  },
): Promise<void> {
  const { token, words, typed, trouble } = given;
  const ctx = deps.newCtx();
  const page = await readTaskPage(ctx, token);
  const version = page.choice?.version ?? 0;
  const form: TaskForm = {
    token: formToken(token, String(version), ctx.now),
    version,
    trouble,
    typed,
    search: words === undefined ? undefined : await search(ctx, token, page, words),
  };
  response.status(trouble?.status ?? 200).send(taskPage(page, form, deps.timeZone));
}

async function search(ctx: Ctx, token: string, { choice }: TaskPage, given: string) {
  const words = given.trim().slice(0, maxReasonLength.search);
  if (!choice?.reassignable || !words) return undefined;
  return { words, found: await findTakersByLink(ctx, token, words) };
}
