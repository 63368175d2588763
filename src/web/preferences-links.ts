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
import { organizationDefault, preferencesPage } from './preferences-page.ts';

const about = 'preferences';
const oldForm =
  'This page had been open for too long, so nothing was saved. Look at it once more and save it again.';

/** The page of one's preferences, which every mail links to. */
export function preferencesLinks(deps: LinkDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/p/:token', async (request, response) => {
    const isSaved = request.query.saved !== undefined;
    await answer(deps, response, { token: tokenOf(request), isSaved, typed: {} });
  });
  router.post('/p/:token', readForm, async (request: Request, response: Response) => {
    const token = tokenOf(request);
    const typed = fieldsOf(request);
    const trouble = await save(deps, token, typed);
    if (!trouble) return response.redirect(303, `${token}?saved`);
    await answer(deps, response, { token, isSaved: false, typed, trouble });
  });
  router.all('/p/:token', otherMethods);
  return router;
}

interface Trouble {
  sentence: string;
  status: number;
}

/** @returns why it is not saved; undefined when it is. */
async function save(
  deps: LinkDeps,
  token: string,
  fields: FormFields,
): Promise<Trouble | undefined> {
  const ctx = deps.newCtx();
  // Whether the link opens is found first, since anybody can send a form.
  await openLink(ctx, token, about);
  if (!isFormFresh(token, about, fields.form ?? '', ctx.now)) {
    return { sentence: oldForm, status: 403 };
  }
  try {
    await savePreferencesByLink(ctx, token, changeOf(fields));
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { sentence: error.message, status: statusOf(error) };
  }
}

function changeOf({ channel, summary, from, until }: FormFields): PreferencesChange {
  return {
    ...(channel === undefined ? {} : { channel: chosen(channelWords, channel) }),
    ...(summary === undefined ? {} : { summary: chosen(summaryWords, summary) }),
    ...(from === undefined ? {} : { workFromHour: Number(from) }),
    ...(until === undefined ? {} : { workUntilHour: Number(until) }),
  };
}

function chosen<T extends string>(words: Readonly<Record<T, string>>, value: string): T | null {
  if (value === organizationDefault) return null;
  const found = (Object.keys(words) as T[]).find((word) => word === value);
  if (found) return found;
  throw new Refusal('invalid', 'Choose one of what is offered; nothing was saved.');
}

async function answer(
  deps: LinkDeps,
  response: Response,
  given: { token: string; isSaved: boolean; typed: FormFields; trouble?: Trouble },
): Promise<void> {
  const { token, isSaved, typed, trouble } = given;
  const ctx = deps.newCtx();
  const page = await readPreferencesPage(ctx, token);
  const state = {
    token: formToken(token, about, ctx.now),
    isSaved,
    trouble: trouble?.sentence,
    typed,
  };
  response.status(trouble?.status ?? 200).send(preferencesPage(page, state, deps.timeZone));
}
