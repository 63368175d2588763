import { z } from 'zod';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { cohort, commaList, dotted, json, rowId, whole } from './parts.ts';

/** The people to analyze. */
export const cohortButton = buttonCodec(json(cohort));

/** Attributes and their values have no ids; they are carried as they are. */
const name = z.string().min(1);
export const dimensionOption = optionCodec(name);
export const dimensionValueOption = optionCodec(name);
/** The attribute whose values a search field offers. */
export const dimensionSearchId = actionIdCodec(ids.analysisValue, name);

/** A decision about access that peers do not have, until its reason is typed. */
export const outlierForm = formCodec(
  dotted({ state: z.enum(['kept', 'proposed']), personId: rowId, entitlementId: rowId }),
);

/** A suggestion in review: the page that is shown, and the entitlements taken out so far, over all pages. */
const review = dotted({ suggestionId: rowId, page: whole, removed: commaList(rowId) });
export type ReviewState = z.output<typeof review>;
export const reviewForm = formCodec(review);
