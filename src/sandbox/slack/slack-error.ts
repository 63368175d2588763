import type { Dict } from '../dict.ts';

/** A refusal with Slack's own error code; it becomes `{ ok: false, error: code }`. */
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

/** A refusal that says where in the payload the trouble is, as Slack does. */
export const refusedWith = (code: string, problems: string[]): SlackError =>
  new SlackError(code, {
    errors: problems,
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
  });
