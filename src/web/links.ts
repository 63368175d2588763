import { type Express, Router } from 'express';
import { GuessLimiter } from './guess-limiter.ts';
import { createInboxRouter } from './inbox/routes.ts';
import { answerLinkErrors, type LinkDeps, refuseForeignForms } from './link-requests.ts';
import { createPreferencesRouter } from './preferences-routes.ts';
import { SpentForms } from './spent-forms.ts';
import { createTaskRouter } from './task-routes.ts';

/**
 * Adds the pages that e-mails link to: `/t/…` for a task, `/p/…` for the inbox and notification preferences. Both open
 * the inbox, `/inbox/…`.
 */
export function mountLinks(app: Express, deps: LinkDeps): void {
  const pages = { ...deps, guesses: new GuessLimiter(), spentForms: new SpentForms() };
  const router = Router({ strict: true, caseSensitive: true });
  router.use(['/t/:token', '/p/:token', '/inbox'], refuseForeignForms(deps.publicUrl));
  router.use(createTaskRouter(pages), createPreferencesRouter(pages), createInboxRouter(pages));
  router.use(answerLinkErrors(pages.guesses));
  app.use(router);
}
