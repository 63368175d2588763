import { isCategoryWithin, type MiningRule } from '../../mining/rules/mining-rule.ts';
import { findNearestWord } from '../wording/nearest-word.ts';

const maxListedCategories = 20;
const minUsualPrecision = 50;

/**
 * The percentage that the author likely meant if the value looks like a share of 1; undefined for
 * other values.
 */
export function guessPercent(percent: number): number | undefined {
  return percent > 0 && percent < 1 ? Number((percent * 100).toPrecision(6)) : undefined;
}

/**
 * Explains that no entitlement has a category or a category below it; undefined if one has.
 * @param knownCategories the categories of entitlements. @param noCategories the sentence if no
 * entitlement has a category.
 */
export function explainCategory(
  category: string | undefined,
  knownCategories: readonly string[],
  noCategories: string,
): string | undefined {
  if (category === undefined) return undefined;
  if (knownCategories.some((known) => isCategoryWithin(category, known))) return undefined;
  const allCategories = [...new Set(knownCategories)].sort();
  const nearest = findNearestWord(category, allCategories);
  const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const more =
    allCategories.length > maxListedCategories
      ? `, and ${allCategories.length - maxListedCategories} more`
      : '';
  const existing =
    allCategories.length === 0
      ? noCategories
      : `There are: ${allCategories.slice(0, maxListedCategories).join(', ')}${more}.`;
  return `There is no category "${category}".${suggestion} ${existing}`;
}

/** Warnings about properties that are valid and saved as written, but likely mistakes. */
export function listWarnings(
  rule: Pick<
    MiningRule,
    'precisionMinPercent' | 'falsePositiveMaxPercent' | 'criterion' | 'excludeRole'
  >,
): string[] {
  const { precisionMinPercent: precision, falsePositiveMaxPercent: falsePositives } = rule;
  const shares = [
    ['precision', precision],
    ['share of false positives', falsePositives],
  ] as const;
  const warnings = shares.flatMap(([label, percent]) => {
    const likelyPercent = guessPercent(percent);
    const warning = `The ${label} ${percent} is read as ${percent} %; if you meant a share, write ${likelyPercent}.`;
    return likelyPercent === undefined ? [] : [warning];
  });
  const lowPrecisionWarning = explainLowPrecision(rule);
  return lowPrecisionWarning === undefined ? warnings : [...warnings, lowPrecisionWarning];
}

/**
 * Warns of a low precision if the rule requires one; undefined if it is high enough or looks like a
 * share.
 */
export function explainLowPrecision(
  rule: Pick<MiningRule, 'precisionMinPercent' | 'criterion' | 'excludeRole'>,
): string | undefined {
  const { precisionMinPercent: precision, criterion, excludeRole } = rule;
  const isPrecisionRequired = criterion === 'precision' && !excludeRole;
  if (
    !isPrecisionRequired ||
    precision >= minUsualPrecision ||
    guessPercent(precision) !== undefined
  )
    return undefined;
  return `A precision of ${precision} % lets rules be wrong about more than half of all people; 99.5 is usual.`;
}
