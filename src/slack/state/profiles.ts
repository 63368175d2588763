import { z } from 'zod';
import type { RuleInput } from '../../governance/profiles/membership-rule.ts';
import type { Leaving } from '../../governance/profiles/unenroll.ts';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { cohort, dotted, json, oneOrZero, rowId, whole } from './parts.ts';

export const profileListButton = buttonCodec(dotted({ page: whole, archived: oneOrZero }));

/** The menu of a profile. */
export const profileMenuOption = optionCodec(
  dotted({ action: z.enum(['edit', 'request', 'archive']), profileId: rowId }),
);

/** Members that a rule would remove: the profile, and how many of them were shown. */
export const heldMembersButton = buttonCodec(dotted({ profileId: rowId, shown: whole }));

/** The profile whose entitlements, or whose members, a search field offers. */
export const profileWithinId = actionIdCodec(ids.profileWithin, rowId);
export const profileMemberId = actionIdCodec(ids.profileMember, rowId);

/** A membership rule between its preview and its saving. */
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

/** What becomes of the access of people who leave a profile. */
export const leavingOption = optionCodec<Leaving>(
  z.enum(['leave', 'revoke_all', 'revoke_unjustified']),
);
