import { z } from 'zod';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { commaList, dotted, optional, rowId, wholeNumber } from './parts.ts';

/** An entitlement that a person holds. */
const grantParts = dotted({ personId: rowId, entitlementId: rowId });
export const grantButton = buttonCodec(grantParts);
export const grantForm = formCodec(grantParts);

/** The person the request is for, and the application that limits the search for entitlements. */
export const requestForm = formCodec(dotted({ personId: rowId, applicationId: optional(rowId) }));

/** What a form to request access is filled with when it opens. */
export const requestFilling = buttonCodec(
  dotted({
    personId: optional(rowId),
    lastDay: optional(z.string().regex(/^\d{4}-\d\d-\d\d$/)),
    entitlementIds: commaList(rowId),
  }),
);

/** How long access lasts: a number of days, until a date, or without an end. */
export const durationOption = optionCodec(z.enum(['none', '1', '7', '30', '90', 'date']));

/** The person whose entitlements a search field lists. */
export const revokeEntitlementId = actionIdCodec(ids.revokeEntitlement, rowId);

/** The index of the first row that a list shows. */
export const offsetButton = buttonCodec(wholeNumber);
