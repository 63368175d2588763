import { isCategoryWithin, type MiningRule } from '../../mining/rules/mining-rule.ts';
import { findNearestWord } from '../wording/nearest-word.ts';

const maxNamed = 20;
const lowPrecision = 50;

/** The percentage that was likely meant, where what is written looks like a share of 1. */
export function readAsShare(percent: number): number | undefined {
  return percent > 0 && percent < 1 ? Number((percent * 100).toPrecision(6)) : undefined;
}

/**
 * Says what is wrong with a category that neither an entitlement has nor one below it; undefined: nothing is.
 * @param known the categories of entitlements. @param none what is said where no entitlement has one.
 */
export function explainCategory(
  category: string | undefined,
  known: readonly string[],
  none: string,
): string | undefined {
  if (category === undefined || known.some((own) => isCategoryWithin(category, own)))
    return undefined;
  const all = [...new Set(known)].sort();
  const nearest = findNearestWord(category, all);
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const more = all.length > maxNamed ? `, and ${all.length - maxNamed} more` : '';
  const there = all.length === 0 ? none : `There are: ${all.slice(0, maxNamed).join(', ')}${more}.`;
  return `There is no category "${category}".${meant} ${there}`;
}

/** What a mining rule says that is kept as it is written, and likely meant otherwise. */
export function listDoubts(
  rule: Pick<
    MiningRule,
    'precisionMinPercent' | 'falsePositiveMaxPercent' | 'criterion' | 'excludeRole'
  >,
): string[] {
  const { precisionMinPercent: precision, falsePositiveMaxPercent: wrong } = rule;
  const shares = [
    ['precision', precision],
    ['share of false positives', wrong],
  ] as const;
  const doubts = shares.flatMap(([what, percent]) => {
    const meant = readAsShare(percent);
    const said = `The ${what} ${percent} is read as ${percent} %; if a share was meant, write ${meant}.`;
    return meant === undefined ? [] : [said];
  });
  const loose = doubtOfPrecision(rule);
  return loose === undefined ? doubts : [...doubts, loose];
}

/** Says that a precision is hardly one, where it is asked for; undefined: it is one, or likely a share. */
export function doubtOfPrecision(
  rule: Pick<MiningRule, 'precisionMinPercent' | 'criterion' | 'excludeRole'>,
): string | undefined {
  const { precisionMinPercent: precision, criterion, excludeRole } = rule;
  const isHeld = criterion === 'precision' && !excludeRole;
  if (!isHeld || precision >= lowPrecision || readAsShare(precision) !== undefined)
    return undefined;
  return `A precision of ${precision} % lets rules be wrong about more than half of everyone; 99.5 is usual.`;
}
