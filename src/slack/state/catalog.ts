import { z } from 'zod';
import { buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotless, dotted, orNull, rowId, wholeNumber } from './parts.ts';

/** The version of an application that its form shows, and the window and page of the list below the form. */
export const applicationForm = formCodec(
  dotted({ id: rowId, version: wholeNumber, window: dotless, page: wholeNumber }),
);

/** A page of the entitlements of an application. */
const entitlementPage = dotted({ applicationId: rowId, page: wholeNumber });
export const entitlementPageButton = buttonCodec(entitlementPage);
export const entitlementPageForm = formCodec(entitlementPage);

/** The version of an entitlement that its form shows, and the page of the list that follows the form. */
export const entitlementForm = formCodec(
  dotted({ id: rowId, version: wholeNumber, applicationId: rowId, page: wholeNumber }),
);

/** null: the risk is not rated. */
export const riskOption = optionCodec(orNull(z.enum(['low', 'medium', 'high']), 'none'));
