import { z } from 'zod';
import { buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotless, dotted, orNull, rowId, whole } from './parts.ts';

/** An application as its form was drawn, the window of the list below the form, and the page of that list. */
export const applicationForm = formCodec(
  dotted({ id: rowId, version: whole, window: dotless, page: whole }),
);

/** A page of the entitlements of an application. */
const entitlementPage = dotted({ applicationId: rowId, page: whole });
export const entitlementPageButton = buttonCodec(entitlementPage);
export const entitlementPageForm = formCodec(entitlementPage);

/** An entitlement as its form was drawn, and the page of the list that the form goes back to. */
export const entitlementForm = formCodec(
  dotted({ id: rowId, version: whole, applicationId: rowId, page: whole }),
);

/** null: nobody has said. */
export const riskOption = optionCodec(orNull(z.enum(['low', 'medium', 'high']), 'none'));
