import { type Express, Router } from 'express';
import { GuessLimiter } from './guess-limiter.ts';
import { answerLinkErrors, type LinkDeps, refuseForeignForms } from './link-requests.ts';
import { createPreferencesRouter } from './preferences-routes.ts';
import { createTaskRouter } from './task-routes.ts';

/** Adds the pages that e-mails link to: `/t/…` for a task, `/p/…` for notification preferences. */
export function mountLinks(app: Express, deps: LinkDeps): void {
  const router = Router({ strict: true, caseSensitive: true });
  router.use(['/t/:token', '/p/:token'], refuseForeignForms(deps.publicUrl));
  router.use(createTaskRouter(deps), createPreferencesRouter(deps));
  router.use(answerLinkErrors(new GuessLimiter()));
  app.use(router);
}
