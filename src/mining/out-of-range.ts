/** An option outside of its range. The message names all three parts: "minLift must be …, not -1". */
export class OutOfRange extends RangeError {
  readonly option: string;
  /** "a number from 0 to 100" */
  readonly range: string;
  readonly value: unknown;

  constructor(option: string, range: string, value: unknown) {
    super(`${option} must be ${range}, not ${value}`);
    this.option = option;
    this.range = range;
    this.value = value;
  }
}
