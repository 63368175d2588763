import type { Request, RequestHandler, Response } from 'express';
import { Refusal } from '../../errors.ts';
import { type ActorCtx, readerZone } from '../../governance/context.ts';
import {
  closedInbox,
  enterInbox,
  type InboxSession,
} from '../../governance/email-links/inbox-session.ts';
import { createFormToken, isFormFresh } from '../form-token.ts';
import {
  answerGuess,
  type FormFields,
  type PageDeps,
  readFields,
  toHttpStatus,
} from '../link-requests.ts';
import { renderClosedPage } from './closed-page.ts';
import { clearSessionCookie, readSessionCookie } from './session-cookie.ts';

/** A request to an open inbox. */
export interface Visit extends InboxSession {
  deps: PageDeps;
  request: Request;
  response: Response;
  session: string;
  /** The time zone of all times on the pages. */
  zone: string;
}

/** Why a form was refused, and the HTTP status. */
export interface FormProblem {
  sentence: string;
  status: number;
  /** The field that it is about, if it names one. */
  field?: string | undefined;
}

/** Handles requests to the inbox, of the browser in which it is open. Others are told how to open it. */
export function visitInbox(
  deps: PageDeps,
  handle: (visit: Visit) => Promise<void>,
): RequestHandler {
  return async (request, response) => {
    const session = readSessionCookie(request, deps.publicUrl);
    if (!session) return sendClosed(request, response, closedInbox);
    let inbox: InboxSession;
    try {
      inbox = await enterInbox(deps.newCtx(), session);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      clearSessionCookie(response, deps.publicUrl);
      const answer = () => sendClosed(request, response, closedInbox);
      const { guesses } = deps;
      if (error.code === 'missing') return answerGuess({ request, response, guesses }, answer);
      return sendClosed(request, response, error.message);
    }
    await handle({ ...inbox, deps, request, response, session, zone: readerZone(inbox.ctx) });
  };
}

/** @param sentence why the inbox is not open */
function sendClosed(request: Request, response: Response, sentence: string): void {
  const justOpened = request.query.opened !== undefined;
  const page = renderClosedPage(sentence, justOpened, readFields(request));
  response.status(403).send(page);
}

/** Creates the token of a form. @param subject the page, and the version of what it shows */
export function tokenFor({ session, ctx }: Visit, subject: string): string {
  return createFormToken(session, subject, ctx.now);
}

const staleForm =
  'This page was open for too long, or belongs to an earlier inbox. Nothing was done; check it and send it again.';
const sentBefore = 'This form was sent before and acts once. Nothing more was done.';

/**
 * Runs the action of a form, once for each form that a page showed.
 * @returns why nothing was done; undefined when the action ran
 */
export async function runInboxForm(
  visit: Visit,
  subject: string,
  action: (ctx: ActorCtx, fields: FormFields) => Promise<void>,
): Promise<FormProblem | undefined> {
  const { ctx, session, request, deps } = visit;
  const fields = readFields(request);
  const token = fields.form ?? '';
  if (!isFormFresh(session, subject, token, ctx.now)) return { sentence: staleForm, status: 403 };
  try {
    const isFirst = await deps.spentForms.once({ subject, ...request.body }, ctx.now, () =>
      action(ctx, fields),
    );
    return isFirst ? undefined : { sentence: sentBefore, status: 409 };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { sentence: error.message, status: toHttpStatus(error), field: error.field };
  }
}
