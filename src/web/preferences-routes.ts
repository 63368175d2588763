import { type Request, type Response, Router } from 'express';
import { Refusal } from '../errors.ts';
import { openLink } from '../governance/email-links/action-links.ts';
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
import {
  type FormFields,
  type LinkDeps,
  readFields,
  readForm,
  readToken,
  refuseOtherMethods,
  toHttpStatus,
} from './link-requests.ts';
import { organizationDefault, renderPreferencesPage } from './preferences-page.ts';

const formSubject = 'preferences';
const staleForm =
  'This page was open for too long, so nothing was saved. Check your choices and save again.';

/** Creates the routes of the preferences page, which every mail links to. */
export function createPreferencesRouter(deps: LinkDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/p/:token', async (request, response) => {
    const isSaved = request.query.saved !== undefined;
    await sendPage(deps, response, { token: readToken(request), isSaved, input: {} });
  });
  router.post('/p/:token', readForm, async (request: Request, response: Response) => {
    const token = readToken(request);
    const input = readFields(request);
    const problem = await saveChange(deps, token, input);
    if (!problem) return response.redirect(303, `${token}?saved`);
    await sendPage(deps, response, { token, isSaved: false, input, problem });
  });
  router.all('/p/:token', refuseOtherMethods);
  return router;
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

function toPreferencesChange({ channel, summary, from, until }: FormFields): PreferencesChange {
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
  request: { token: string; isSaved: boolean; input: FormFields; problem?: Problem },
): Promise<void> {
  const { token, isSaved, input, problem } = request;
  const ctx = deps.newCtx();
  const page = await readPreferencesPage(ctx, token);
  const state = {
    token: createFormToken(token, formSubject, ctx.now),
    isSaved,
    problem: problem?.sentence,
    input,
  };
  response.status(problem?.status ?? 200).send(renderPreferencesPage(page, state));
}
