import { type Request, type RequestHandler, type Response, Router } from 'express';
import { Refusal } from '../errors.ts';
import { readExpiredPage, renewLink } from '../governance/email-links/renew-link.ts';
import { renderExpiredPage } from './expired-page.ts';
import { createFormToken, isFormFresh } from './form-token.ts';
import { createEntryToken, enterByLink } from './inbox/enter.ts';
import {
  type FormFields,
  type PageDeps,
  readFields,
  readForm,
  readQuery,
  readToken,
  refuseOtherMethods,
} from './link-requests.ts';
import { runTaskForm, sendTaskPage, type TaskDoor } from './task-actions.ts';

/** Creates the routes of a task's page. GET changes nothing, and the page posts its forms to its own URL. */
export function createTaskRouter(deps: PageDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/t/:token', showPage(deps));
  router.post('/t/:token', readForm, handleForm(deps));
  router.all('/t/:token', refuseOtherMethods);
  return router;
}

/** The page behind a link, which is about one step already. */
function doorOf(token: string): TaskDoor {
  return {
    entry: token,
    key: token,
    subjectOf: (_, version) => version,
    entryToken: (now) => createEntryToken(token, now),
  };
}

function showPage(deps: PageDeps): RequestHandler {
  return async (request, response) => {
    const token = readToken(request);
    if (await answerExpired(deps, response, token)) return;
    const comments = readQuery(request, 'comments');
    await sendTaskPage(deps, response, {
      door: doorOf(token),
      query: readQuery(request, 'q'),
      commentsPage: comments === undefined ? undefined : Number(comments),
      decision: readQuery(request, 'decide'),
      input: {},
    });
  };
}

const linkRenewed = 'A new link is on its way, in Slack or by e-mail.';

/** Answers a request for an expired link, and sends a new link if its form asks for one. @returns whether it did. */
async function answerExpired(
  deps: PageDeps,
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

function handleForm(deps: PageDeps): RequestHandler {
  return async (request: Request, response: Response) => {
    const token = readToken(request);
    const fields = readFields(request);
    // Anybody can send a form, so the link is checked first.
    if (await answerExpired(deps, response, token, fields)) return;
    const door = doorOf(token);
    if (fields.do === 'inbox') {
      const sentence = await enterByLink({ ...deps, request, response }, 'task', fields);
      if (sentence === undefined) return;
      const problem = { sentence, status: 403, form: 'inbox' as const };
      await sendTaskPage(deps, response, { door, query: undefined, input: {}, problem });
      return;
    }
    const problem = await runTaskForm(deps, door, fields);
    if (!problem) {
      // Without a fragment, browsers keep the scroll position of the form.
      const fragment = fields.do === 'comment' ? 'comments' : 'top';
      response.redirect(303, `${token}#${fragment}`);
      return;
    }
    await sendTaskPage(deps, response, { door, query: fields.q, input: fields, problem });
  };
}
