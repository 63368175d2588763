import { z } from 'zod';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { cohort, commaList, dotted, json, rowId, wholeNumber } from './parts.ts';

/** The people to analyze. */
export const cohortButton = buttonCodec(json(cohort));

/** Attributes and their values have no ids, so their text is carried. */
const name = z.string().min(1);
export const dimensionOption = optionCodec(name);
export const dimensionValueOption = optionCodec(name);
/** The attribute whose values a search field lists. */
export const dimensionSearchId = actionIdCodec(ids.analysisValue, name);

/** A decision about an outlier whose reason is still missing. */
export const outlierForm = formCodec(
  dotted({ state: z.enum(['kept', 'proposed']), personId: rowId, entitlementId: rowId }),
);

/** A suggestion in review: the shown page, and the entitlements unticked so far on all pages. */
const review = dotted({ suggestionId: rowId, page: wholeNumber, removed: commaList(rowId) });
export type ReviewState = z.output<typeof review>;
export const reviewForm = formCodec(review);
