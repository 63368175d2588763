/** A sentence with its evidence. Warnings come first, then what is to be noticed, then plain facts. */
export interface Insight {
  severity: 'warning' | 'notice' | 'fact';
  sentence: string;
}
