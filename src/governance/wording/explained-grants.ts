/**
 * "They would explain 61 % of today's grants": new suggestions alone, or all open ones where there are earlier ones, since
 * the share is that of all.
 */
export function formatExplained(view: {
  newSuggestions: readonly unknown[];
  openSuggestions: number;
  explainedPercent: number;
}): string {
  const { newSuggestions, openSuggestions, explainedPercent } = view;
  const all = openSuggestions > newSuggestions.length;
  const which = all ? `All ${openSuggestions} open suggestions together` : 'They';
  const share = explainedPercent < 1 ? 'less than 1' : explainedPercent;
  return `${which} would explain ${share} % of today's grants.`;
}
