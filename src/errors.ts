/**
 * The one expected error. Each surface shows its sentence to the person. Every other error is a
 * bug: it is logged with an id that the person sees.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The field of a form that the sentence is about, for example 'until'. */
  readonly field: string | undefined;

  constructor(code: RefusalCode, sentence: string, field?: string) {
    super(sentence);
    this.name = 'Refusal';
    this.code = code;
    this.field = field;
  }
}

/**
 * invalid: the input cannot be used · forbidden: this person is not allowed · conflict: somebody
 * else was first, or the state has changed · missing: not found · unavailable: something outside
 * the program does not answer.
 */
export type RefusalCode = 'invalid' | 'forbidden' | 'conflict' | 'missing' | 'unavailable';
