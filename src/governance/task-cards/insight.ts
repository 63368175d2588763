/** A sentence with evidence for a decision. Warnings are listed first, then notices, then facts. */
export interface Insight {
  severity: 'warning' | 'notice' | 'fact';
  sentence: string;
}
