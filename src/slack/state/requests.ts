import { z } from 'zod';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotted, optional, rowId, whole } from './parts.ts';

/** An entitlement that a person holds. */
export const grantButton = buttonCodec(dotted({ personId: rowId, entitlementId: rowId }));

/** For whom access is requested, and the application that the search for entitlements is narrowed to. */
export const requestForm = formCodec(dotted({ personId: rowId, applicationId: optional(rowId) }));

/** How long access lasts: so many days, until a date, or without an end. */
export const durationOption = optionCodec(z.enum(['none', '1', '7', '30', '90', 'date']));

/** The person whose entitlements a search field offers. */
export const revokeEntitlementId = actionIdCodec(ids.revokeEntitlement, rowId);

/** Where a list begins, as the index of its first row. */
export const offsetButton = buttonCodec(whole);
