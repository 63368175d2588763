import type { Checksum } from './groupings.ts';

/** How one system counted the groupings, in their order. */
export interface Rival {
  name: string;
  how: string;
  /** Ways of asking that were tried, and the milliseconds of all groupings in each. */
  forms?: { form: string; ms: number }[];
  results: { ms: number; sum: Checksum }[];
}
