import { type Express, Router } from 'express';
import { Guesses } from './guesses.ts';
import { answerLinkErrors, type LinkDeps } from './link-requests.ts';
import { preferencesLinks } from './preferences-links.ts';
import { taskLinks } from './task-links.ts';

/** Adds the pages behind links in e-mails: `/t/…` for a task, `/p/…` for one's preferences. */
export function mountLinks(app: Express, deps: LinkDeps): void {
  const router = Router({ strict: true, caseSensitive: true });
  router.use(taskLinks(deps), preferencesLinks(deps));
  router.use(answerLinkErrors(new Guesses()));
  app.use(router);
}
