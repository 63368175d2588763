import type { Request, Response } from 'express';
import { Refusal } from '../../errors.ts';
import type { MailedPage } from '../../governance/email-links/action-links.ts';
import { enterInbox, openInbox } from '../../governance/email-links/inbox-session.ts';
import { createFormToken, isFormFresh } from '../form-token.ts';
import { type FormFields, type LinkDeps, readToken } from '../link-requests.ts';
import { readSessionCookie, setSessionCookie } from './session-cookie.ts';

const formSubject = 'inbox';

/** Creates the token of the form that opens the inbox, on the page of a link. */
export function createEntryToken(token: string, now: Date): string {
  return createFormToken(token, formSubject, now);
}

/**
 * Opens the inbox of a link's person: sets the cookie and redirects to the inbox. A browser in which it is open keeps its
 * session, so that forms in other tabs stay good.
 * @returns why it was not opened; undefined when it was
 */
export async function enterByLink(
  { request, response, ...deps }: LinkDeps & { request: Request; response: Response },
  page: MailedPage,
  fields: FormFields,
): Promise<string | undefined> {
  const ctx = deps.newCtx();
  const token = readToken(request);
  if (!isFormFresh(token, formSubject, fields.form ?? '', ctx.now)) {
    return 'This page was open for too long. Press “Open inbox” again.';
  }
  try {
    const current = await findOpenSession(deps, request);
    const session = await openInbox(ctx, token, { page, current });
    setSessionCookie(response, deps.publicUrl, session);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  response.redirect(303, '../inbox?opened');
  return undefined;
}

/** Finds the open session of the browser, and its person. */
async function findOpenSession(deps: LinkDeps, request: Request) {
  const session = readSessionCookie(request, deps.publicUrl);
  if (!session) return undefined;
  try {
    return { session, personId: (await enterInbox(deps.newCtx(), session)).person.id };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
