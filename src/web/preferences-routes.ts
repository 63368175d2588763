import { type Request, type Response, Router } from 'express';
import { Refusal } from '../errors.ts';
import { openLink } from '../governance/email-links/action-links.ts';
import {
  readExpiry,
  readInboxDoor,
  renewInboxLink,
} from '../governance/email-links/inbox-session.ts';
import {
  readPreferencesPage,
  savePreferencesByLink,
} from '../governance/email-links/preferences-page.ts';
import {
  channelWords,
  type PreferencesChange,
  summaryWords,
} from '../governance/notifications/preferences.ts';
import { createFormToken, isFormFresh } from './form-token.ts';
import { createEntryToken, enterByLink } from './inbox/enter.ts';
import {
  type FormFields,
  type LinkDeps,
  readFields,
  readForm,
  readToken,
  refuseOtherMethods,
  toHttpStatus,
} from './link-requests.ts';
import {
  type Entrance,
  organizationDefault,
  renderExpiredLinkPage,
  renderLinkPage,
} from './preferences-page.ts';

const formSubject = 'preferences';
const renewSubject = 'renew';
const staleForm =
  'This page was open for too long, so nothing was saved. Check your choices and save again.';
const linkRenewed = 'A new link is on its way, by e-mail or in Slack.';

/** Creates the routes of the page that every mail links to: the way into the inbox, and notification settings. */
export function createPreferencesRouter(deps: LinkDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/p/:token', async (request, response) => {
    const token = readToken(request);
    const isSaved = request.query.saved !== undefined;
    await sendPage(deps, response, { token, isSaved, input: {} });
  });
  router.post('/p/:token', readForm, handleForm(deps));
  router.all('/p/:token', refuseOtherMethods);
  return router;
}

function handleForm(deps: LinkDeps) {
  return async (request: Request, response: Response) => {
    const token = readToken(request);
    const input = readFields(request);
    const answer = { token, isSaved: false, input: {} };
    if (input.do === 'renew') {
      const entry = await renew(deps, token, input.form ?? '');
      return sendPage(deps, response, { ...answer, entry });
    }
    if (input.do === 'inbox') {
      const entry = await enterByLink({ ...deps, request, response }, 'preferences', input);
      if (entry === undefined) return;
      return sendPage(deps, response, { ...answer, entry, status: 403 });
    }
    const problem = await saveChange(deps, token, input);
    if (!problem) return response.redirect(303, `${token}?saved`);
    const { sentence, status } = problem;
    await sendPage(deps, response, { ...answer, input, problem: sentence, status });
  };
}

/** Sends a newer link. @returns the answer */
async function renew(deps: LinkDeps, token: string, form: string): Promise<string> {
  const ctx = deps.newCtx();
  if (!isFormFresh(token, renewSubject, form, ctx.now)) {
    return 'This page was open for too long. Press “Send new link” again.';
  }
  try {
    await renewInboxLink(ctx, token);
    return linkRenewed;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

interface Problem {
  sentence: string;
  status: number;
}

/** @returns the reason why nothing was saved, undefined after saving. */
async function saveChange(
  deps: LinkDeps,
  token: string,
  fields: FormFields,
): Promise<Problem | undefined> {
  const ctx = deps.newCtx();
  // Anybody can send a form, so the link is checked first.
  await openLink(ctx, token, formSubject);
  if (!isFormFresh(token, formSubject, fields.form ?? '', ctx.now)) {
    return { sentence: staleForm, status: 403 };
  }
  try {
    await savePreferencesByLink(ctx, token, toPreferencesChange(fields));
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { sentence: error.message, status: toHttpStatus(error) };
  }
}

/** Reads the choices of a form. @throws Refusal invalid for one that does not exist. */
export function toPreferencesChange({
  channel,
  summary,
  from,
  until,
}: FormFields): PreferencesChange {
  return {
    ...(channel === undefined ? {} : { channel: toOption(channelWords, channel) }),
    ...(summary === undefined ? {} : { summary: toOption(summaryWords, summary) }),
    ...(from === undefined ? {} : { workFromHour: Number(from) }),
    ...(until === undefined ? {} : { workUntilHour: Number(until) }),
  };
}

/** @returns null for the organization's default. */
function toOption<T extends string>(words: Readonly<Record<T, string>>, value: string): T | null {
  if (value === organizationDefault) return null;
  if (isOption(words, value)) return value;
  throw new Refusal('invalid', 'Choose one of the options; nothing was saved.');
}

function isOption<T extends string>(words: Readonly<Record<T, string>>, value: string): value is T {
  return Object.hasOwn(words, value);
}

async function sendPage(
  deps: LinkDeps,
  response: Response,
  request: {
    token: string;
    isSaved: boolean;
    input: FormFields;
    /** Why the settings were not saved. */
    problem?: string;
    /** The answer of the entrance. */
    entry?: string;
    status?: number;
  },
): Promise<void> {
  const { token, isSaved, input, problem, entry, status } = request;
  const ctx = deps.newCtx();
  const door = await readInboxDoor(ctx, token);
  const entrance: Entrance | undefined = door && {
    door,
    entryToken: createEntryToken(token, ctx.now),
    renewToken: createFormToken(token, renewSubject, ctx.now),
    result: entry,
  };
  const expiry = await readExpiry(ctx, token);
  if (expiry !== undefined) {
    response.status(entry ? 200 : 410).send(renderExpiredLinkPage(expiry, entrance));
    return;
  }
  const page = await readPreferencesPage(ctx, token);
  const form = createFormToken(token, formSubject, ctx.now);
  const state = { token: form, isSaved, problem, input };
  response.status(status ?? 200).send(renderLinkPage(page, state, entrance));
}
