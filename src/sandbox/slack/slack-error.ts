import type { Dict } from '../dict.ts';

/** A failed call with Slack's own error code; it becomes `{ ok: false, error: code }`. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: Dict;

  constructor(code: string, extra: Dict = {}) {
    super(code);
    this.name = 'SlackError';
    this.code = code;
    this.extra = extra;
  }
}

/** Creates an error that names the invalid parts of the payload, as Slack does. */
export const createPayloadError = (code: string, problems: string[]): SlackError =>
  new SlackError(code, {
    errors: problems,
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
  });
