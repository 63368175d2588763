import { wilsonLowerBound } from '../../mining/matrix/matrix.ts';
import { completeOptions, type MiningOptions } from '../../mining/options.ts';
import type { CohortFilter, CohortReason } from '../../mining/suggestions/analyze.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import type { Ctx } from '../context.ts';
import { describeCohorts } from './cohorts.ts';

/** Says why a cohort gives no suggestion with these thresholds, and what comes closest. */
export async function explainNoSuggestion(
  ctx: Ctx,
  reason: CohortReason,
  { filter = {}, options = {} }: { filter?: CohortFilter; options?: Partial<MiningOptions> } = {},
): Promise<string> {
  switch (reason.reason) {
    case 'unknown-dimension': {
      const nearest = reason.nearest ? ` Did you mean ${reason.nearest}?` : '';
      return `There is no attribute "${reason.dimension}".${nearest} The attributes are: ${reason.known.join(', ')}.`;
    }
    case 'unknown-value': {
      const nearest = reason.nearest
        ? ` Did you mean ${reason.nearest.value} (${formatPeopleOrNobody(reason.nearest.people)})?`
        : '';
      return `Nobody matches ${reason.dimension} = ${reason.value}.${nearest}`;
    }
    case 'too-small':
      return `${formatPeopleOrNobody(reason.people)} match${reason.people > 1 ? '' : 'es'}; at least ${reason.minimum} people are needed.${await suggestWiderFilter(ctx, filter)}`;
    case 'no-grants':
      return `${formatPeopleOrNobody(reason.people)} match, and none of them has access that counts for mining.`;
    case 'nothing-qualifies':
      return `${formatPeopleOrNobody(reason.people)} match${await describeClosest(ctx, reason, options)}.`;
  }
}

async function describeClosest(
  ctx: Ctx,
  { best, people, sharedByEveryone }: Extract<CohortReason, { reason: 'nothing-qualifies' }>,
  options: Partial<MiningOptions>,
): Promise<string> {
  const { minConfidencePercent, minLowerBoundPercent } = completeOptions(options);
  const but = sharedByEveryone.length > 0 ? 'nothing but what everyone has' : 'nothing';
  const shared = `, and at least ${minConfidencePercent} % of them share ${but}`;
  const isCommon = best && sharedByEveryone.includes(best.entitlement);
  const [found] = best && !isCommon ? await listEntitlementsById(ctx.db, [best.entitlement]) : [];
  if (!best || !found) return shared;
  const at = `${Math.round(best.confidencePercent)} % (${best.holders} of ${people})`;
  const name = `${found.app} · ${found.name}`;
  if (best.confidencePercent < minConfidencePercent) {
    return `${shared}; the closest is ${name} at ${at}`;
  }
  const certain = Math.floor(100 * wilsonLowerBound(best.holders, people));
  return `; the closest is ${name} at ${at}, but with so few people only ${certain} % is certain, and the settings require ${minLowerBoundPercent} %`;
}

async function suggestWiderFilter(ctx: Ctx, filter: CohortFilter): Promise<string> {
  const names = Object.keys(filter);
  if (names.length < 2) return '';
  const cohorts = names.map((name) => ({ [name]: [...(filter[name] ?? [])] }));
  const [first] = await describeCohorts(ctx, cohorts);
  return first ? ` Try fewer criteria, for example ${first.words}.` : '';
}

/** "Nobody", "1 person", "12 people". */
export function formatPeopleOrNobody(count: number): string {
  if (count === 0) return 'Nobody';
  return count === 1 ? '1 person' : `${count} people`;
}
