import type { ErrorRequestHandler } from 'express';
import { Refusal } from '../../errors.ts';
import { html } from '../html.ts';
import { renderDocument } from '../layout.ts';
import { toHttpStatus } from '../link-requests.ts';

/** Answers a refusal in an open inbox with its sentence and the way back. Nobody guesses there. */
export const answerInboxErrors: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof Refusal)) return next(error);
  const title = error.code === 'missing' ? 'Not found' : 'Not possible';
  const main = html`<section><h1>${title}</h1>
<p dir="auto">${error.message}</p>
<p><a href="tasks">Back to your inbox</a></p></section>`;
  response.status(toHttpStatus(error)).send(renderDocument(title, main));
};
