import type { MinedSuggestion } from '../../mining/suggestions/suggestion.ts';

/** What the miner's indexes stand for. */
export interface MatrixNames {
  nameOf(entitlement: number): { app: string; entitlement: string };
  /** E-mail, or id where there is none. */
  personOf(person: number): string;
  seenRunsOf(suggestion: MinedSuggestion): number;
}
