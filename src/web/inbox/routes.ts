import { type RequestHandler, Router } from 'express';
import { closeInbox } from '../../governance/email-links/inbox-session.ts';
import { html } from '../html.ts';
import { renderDocument } from '../layout.ts';
import {
  type PageDeps,
  readFields,
  readFormOf,
  readQuery,
  refuseOtherMethods,
} from '../link-requests.ts';
import { runTaskForm, sendTaskPage, type TaskDoor } from '../task-actions.ts';
import { handleDelegate, showDelegate } from './delegate.ts';
import { answerInboxErrors } from './errors.ts';
import { frameOf, signOutSubject } from './frame.ts';
import { handleNotifications, showNotifications } from './notifications.ts';
import { handleRequestForm, showRequestForm } from './request-form.ts';
import { handleRequests, showRequests } from './requests.ts';
import { clearSessionCookie } from './session-cookie.ts';
import { handleTasks, showTasks } from './tasks.ts';
import { runInboxForm, type Visit, visitInbox } from './visit.ts';

/** 500 selected tasks, and the other fields of their form. */
const maxFields = 520;

const pages: [path: string, show: Handle, handle: Handle][] = [
  ['tasks', showTasks, handleTasks],
  ['requests', showRequests, handleRequests],
  ['request', showRequestForm, handleRequestForm],
  ['delegate', showDelegate, handleDelegate],
  ['notifications', showNotifications, handleNotifications],
  [':task', showTask, handleTask],
];

type Handle = (visit: Visit) => Promise<void>;

/** Creates the routes of the inbox. GET changes nothing. Every form has a token that is bound to the session. */
export function createInboxRouter(deps: PageDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  const readForm = readFormOf(maxFields);
  const visit = (handle: Handle): RequestHandler => visitInbox(deps, handle);
  router.get(
    '/inbox',
    visit(async ({ response }) => response.redirect(303, 'inbox/tasks')),
  );
  router.post('/inbox/sign-out', readForm, visit(signOut));
  router.all('/inbox/sign-out', refuseOtherMethods);
  for (const [path, show, handle] of pages) {
    router.get(`/inbox/${path}`, visit(show));
    router.post(`/inbox/${path}`, readForm, visit(handle));
  }
  router.all(['/inbox', '/inbox/:page'], refuseOtherMethods);
  router.use('/inbox', answerInboxErrors);
  return router;
}

async function signOut(visit: Visit): Promise<void> {
  const { deps, response, session } = visit;
  const problem = await runInboxForm(visit, signOutSubject, () =>
    closeInbox(deps.newCtx(), session),
  );
  if (problem) {
    const main = html`<section><h1>You are still signed in</h1><p>${problem.sentence}</p></section>`;
    response.status(problem.status).send(renderDocument('Sign out', main, frameOf(visit)));
    return;
  }
  clearSessionCookie(response, deps.publicUrl);
  const main = html`<section><h1>You are signed out</h1>
<p>To come back, follow a link in an e-mail from Rolemine and press “Open inbox”.</p></section>`;
  response.send(renderDocument('Signed out', main));
}

async function showTask(visit: Visit): Promise<void> {
  const { deps, request, response } = visit;
  const comments = readQuery(request, 'comments');
  await sendTaskPage(deps, response, {
    door: doorOf(visit, undefined),
    query: readQuery(request, 'q'),
    commentsPage: comments === undefined ? undefined : Number(comments),
    decision: readQuery(request, 'decide'),
    input: {},
  });
}

async function handleTask(visit: Visit): Promise<void> {
  const { deps, request, response } = visit;
  const fields = readFields(request);
  const door = doorOf(visit, Number(fields.step) || undefined);
  const problem = await runTaskForm(deps, door, fields);
  if (!problem) {
    const fragment = fields.do === 'comment' ? 'comments' : 'top';
    response.redirect(303, `${request.params.task}#${fragment}`);
    return;
  }
  await sendTaskPage(deps, response, { door, query: fields.q, input: fields, problem });
}

/** The page of a task in an inbox. Its forms are bound to the task, the step and its version. */
function doorOf(visit: Visit, stepId: number | undefined): TaskDoor {
  const { session, request } = visit;
  const taskId = toTaskId(request.params.task);
  return {
    entry: { session, taskId, stepId },
    key: session,
    subjectOf: (step, version) => `task ${taskId} ${step} ${version}`,
    frame: frameOf(visit),
  };
}

/** Words that are no number name no task: 0 is the number of none. */
function toTaskId(words: unknown): number {
  return typeof words === 'string' && /^\d{1,9}$/.test(words) ? Number(words) : 0;
}
