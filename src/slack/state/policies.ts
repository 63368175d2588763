import { z } from 'zod';
import { approverWords, policyKindWords } from '../../governance/policies/steps.ts';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotless, dotted, keyOf, optional, orNull, rowId, whole } from './parts.ts';

const kind = keyOf(policyKindWords);

/** A page of the policies of a kind. */
const policyPage = dotted({ kind, page: whole });
export const policyPageButton = buttonCodec(policyPage);
export const policyPageForm = formCodec(policyPage);

/** A new policy, and the one that it is a copy of. */
export const newPolicyButton = buttonCodec(dotted({ kind, copied: optional(rowId) }));

/** What applies where no policy is chosen. */
export const withoutPolicy = {
  rules: 'The first rule that fits, or the default',
  emergency: 'The first rule that fits, or no approval',
  application: 'That of the application',
} as const;

/** The kind of policies that a search field offers, and what it offers in the place of none. */
export const policySearchId = actionIdCodec(
  ids.policySearch,
  dotted({ kind, without: optional(keyOf(withoutPolicy)) }),
);

/** A policy, written as by `idOption`, or null for none: what `withoutPolicy` says applies. */
export const policyOption = optionCodec(orNull(rowId, '0'));

export const ruleListButton = buttonCodec(kind);

/** The rules of a kind, and a fingerprint of them as they were drawn: an edit of others is a conflict. */
export const ruleListForm = formCodec(dotted({ kind, shown: dotless }));
/** One rule of them by its index, and the window of the list below its form. */
export const ruleForm = formCodec(dotted({ kind, shown: dotless, at: whole, window: dotless }));

/** What a rule asks of a request; null: anything. */
export const ruleRiskOption = optionCodec(orNull(z.enum(['low', 'medium', 'high']), 'any'));
export const ruleRequesterOption = optionCodec(orNull(z.enum(['manager', 'other']), 'any'));
export const ruleUrgencyOption = optionCodec(z.enum(['usual', 'emergency']));

/** A Slack user group, by the id that Slack gave it. */
export const userGroupOption = optionCodec(dotless);

/** To whom a step may be reassigned, and for which risks a link in an e-mail decides it. */
export const reassignOption = optionCodec(z.enum(['anyone', 'owners', 'nobody']));
export const byEmailOption = optionCodec(z.enum(['risk', 'yes', 'no']));

export const approversOption = optionCodec(keyOf(approverWords));
