/**
 * The one expected error. Each surface turns it into the words a person sees; everything else that
 * is thrown is a bug, logged under an id that the person is told.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The part of the input it is about, where a form has several: 'until'. */
  readonly field: string | undefined;

  constructor(code: RefusalCode, sentence: string, field?: string) {
    super(sentence);
    this.name = 'Refusal';
    this.code = code;
    this.field = field;
  }
}

/**
 * invalid: the input cannot be used as it is · forbidden: this person may not · conflict: somebody
 * was first, or the state has moved on · missing: no such thing · unavailable: something outside
 * the program does not answer.
 */
export type RefusalCode = 'invalid' | 'forbidden' | 'conflict' | 'missing' | 'unavailable';
