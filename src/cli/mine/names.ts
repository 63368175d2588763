import type { MinedSuggestion } from '../../mining/suggestions/suggestion.ts';

/** The names behind the miner's indexes. */
export interface MatrixNames {
  nameOf(entitlement: number): { app: string; entitlement: string };
  /** E-mail address, or id without one. */
  personOf(person: number): string;
  seenRunsOf(suggestion: MinedSuggestion): number;
}
