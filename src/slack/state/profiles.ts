import { z } from 'zod';
import type { RuleInput } from '../../governance/profiles/membership-rule.ts';
import type { Leaving } from '../../governance/profiles/unenroll.ts';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { cohort, dotted, json, oneOrZero, rowId, wholeNumber } from './parts.ts';

export const profileListButton = buttonCodec(dotted({ page: wholeNumber, archived: oneOrZero }));

/** The menu of a profile. */
export const profileMenuOption = optionCodec(
  dotted({ action: z.enum(['edit', 'request', 'archive']), profileId: rowId }),
);

/** The profile whose rule would remove members, and the number of members shown. */
export const heldMembersButton = buttonCodec(dotted({ profileId: rowId, shown: wholeNumber }));

/** The profile whose entitlements or members a search field lists. */
export const profileWithinId = actionIdCodec(ids.profileWithin, rowId);
export const profileMemberId = actionIdCodec(ids.profileMember, rowId);

/** A membership rule that was previewed and is not saved yet. */
export const membershipRuleForm = formCodec<RuleInput>(
  json(
    z.strictObject({
      profileId: z.int().min(1),
      version: z.int().min(0),
      rule: cohort.nullable(),
      excludedIds: z.array(z.int().min(1)).readonly(),
    }),
  ),
);

/** The choice for access of people who leave a profile. */
export const leavingOption = optionCodec<Leaving>(
  z.enum(['leave', 'revoke_all', 'revoke_unjustified']),
);
