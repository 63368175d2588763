import type { Checksum } from './groupings.ts';

/** The counts and times of one system, in the order of the groupings. */
export interface CountingResult {
  name: string;
  how: string;
  /** The forms of the query that were tried, with the total milliseconds of all groupings. */
  forms?: { form: string; ms: number }[];
  results: { ms: number; sum: Checksum }[];
}
