import { type Request, type RequestHandler, type Response, Router } from 'express';
import { Refusal } from '../errors.ts';
import type { Ctx } from '../governance/context.ts';
import { readExpiredPage, renewLink } from '../governance/email-links/renew-link.ts';
import {
  commentByLink,
  decideByLink,
  findNewAssigneesByLink,
  handOnByLink,
  readTaskPage,
  reassignByLink,
  type TaskPage,
} from '../governance/email-links/task-page.ts';
import { cutSearch } from '../text.ts';
import { renderExpiredPage } from './expired-page.ts';
import { createFormToken, isFormFresh } from './form-token.ts';
import {
  type FormFields,
  type LinkDeps,
  readFields,
  readForm,
  readToken,
  refuseOtherMethods,
  toHttpStatus,
} from './link-requests.ts';
import type { FormName, TaskFormState } from './task-forms.ts';
import { renderTaskPage } from './task-page.ts';

/** Creates the routes of a task's page. GET changes nothing, and the page posts its forms to its own URL. */
export function createTaskRouter(deps: LinkDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/t/:token', showPage(deps));
  router.post('/t/:token', readForm, handleForm(deps));
  router.all('/t/:token', refuseOtherMethods);
  return router;
}

function showPage(deps: LinkDeps): RequestHandler {
  return async (request, response) => {
    const token = readToken(request);
    if (await answerExpired(deps, response, token)) return;
    const query = typeof request.query.q === 'string' ? request.query.q : undefined;
    const { comments } = request.query;
    const commentsPage = typeof comments === 'string' ? Number(comments) : undefined;
    await sendPage(deps, response, { token, query, commentsPage, input: {} });
  };
}

const linkRenewed = 'A new link is on its way, in Slack or by e-mail.';

/** Answers a request for an expired link, and sends a new link if its form asks for one. @returns whether it did. */
async function answerExpired(
  deps: LinkDeps,
  response: Response,
  token: string,
  fields?: FormFields,
): Promise<boolean> {
  const ctx = deps.newCtx();
  const page = await readExpiredPage(ctx, token);
  if (!page) return false;
  const action = 'renew';
  let result: string | undefined;
  if (fields?.do === action && isFormFresh(token, action, fields.form ?? '', ctx.now)) {
    result = await renewLink(ctx, token).then(
      () => linkRenewed,
      (error) => {
        if (error instanceof Refusal) return error.message;
        throw error;
      },
    );
  }
  const form = createFormToken(token, action, ctx.now);
  response.status(result ? 200 : 410).send(renderExpiredPage(page, form, result));
  return true;
}

/** The reason why a form was refused, which form it was, and the HTTP status. */
type Problem = NonNullable<TaskFormState['problem']> & { status: number };

function handleForm(deps: LinkDeps): RequestHandler {
  return async (request: Request, response: Response) => {
    const token = readToken(request);
    const fields = readFields(request);
    // Anybody can send a form, so the link is checked first.
    if (await answerExpired(deps, response, token, fields)) return;
    const problem = await runAction(deps.newCtx(), token, fields);
    if (!problem) {
      // Without a fragment, browsers keep the scroll position of the form.
      const fragment = fields.do === 'comment' ? 'comments' : 'top';
      response.redirect(303, `${token}#${fragment}`);
      return;
    }
    await sendPage(deps, response, { token, query: fields.q, input: fields, problem });
  };
}

const staleForm =
  'This page was open for too long, so nothing was done. Check it and send it again; your text is still here.';

/** @returns the reason why nothing was done, undefined when the action succeeded. */
async function runAction(
  ctx: Ctx,
  token: string,
  fields: FormFields,
): Promise<Problem | undefined> {
  const action = isFormName(fields.do) ? fields.do : undefined;
  const form = action ?? 'decide';
  if (!isFormFresh(token, fields.version ?? '', fields.form ?? '', ctx.now)) {
    return { sentence: staleForm, status: 403, form };
  }
  try {
    if (!action) throw new Refusal('invalid', 'Choose an action; nothing was done.');
    await actions[action](ctx, token, fields);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { sentence: error.message, status: toHttpStatus(error), form };
  }
}

type Action = (ctx: Ctx, token: string, fields: FormFields) => Promise<void>;

const actions: Record<FormName, Action> = {
  decide: async (ctx, token, { decision, version, reason = '' }) => {
    if (decision !== 'yes' && decision !== 'no') {
      throw new Refusal('invalid', 'Choose one of the two decisions; nothing was done.');
    }
    const positive = decision === 'yes';
    await decideByLink(ctx, token, { version: Number(version), positive, reason });
  },
  reassign: async (ctx, token, { person, version, reason = '' }) => {
    if (!/^\d{1,9}$/.test(person ?? '')) throw new Refusal('invalid', 'Choose a new assignee.');
    await reassignByLink(ctx, token, {
      version: Number(version),
      personId: Number(person),
      reason,
    });
  },
  'hand-on': (ctx, token, { version }) => handOnByLink(ctx, token, { version: Number(version) }),
  comment: (ctx, token, { comment = '' }) => commentByLink(ctx, token, comment),
};

function isFormName(name: string | undefined): name is FormName {
  return name !== undefined && Object.hasOwn(actions, name);
}

async function sendPage(
  deps: LinkDeps,
  response: Response,
  request: {
    token: string;
    /** Search words for a new assignee. */
    query: string | undefined;
    commentsPage?: number | undefined;
    input: FormFields;
    problem?: Problem;
  },
): Promise<void> {
  const { token, query, commentsPage, input, problem } = request;
  const ctx = deps.newCtx();
  const page = await readTaskPage(ctx, token);
  const version = page.choice?.version ?? 0;
  const state: TaskFormState = {
    token: createFormToken(token, String(version), ctx.now),
    version,
    problem,
    input,
    commentsPage,
    search: query === undefined ? undefined : await searchCandidates(ctx, token, page, query),
  };
  response.status(problem?.status ?? 200).send(renderTaskPage(page, state));
}

async function searchCandidates(
  ctx: Ctx,
  token: string,
  { choice }: TaskPage,
  input: string,
): Promise<TaskFormState['search']> {
  const query = cutSearch(input);
  if (!choice?.reassignable || !query) return undefined;
  return { query, candidates: await findNewAssigneesByLink(ctx, token, query) };
}
