import { z } from 'zod';
import { approverWords, policyKindWords } from '../../governance/policies/steps.ts';
import { ids } from '../ids.ts';
import { actionIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotless, dotted, keyOf, optional, orNull, rowId, wholeNumber } from './parts.ts';

const kind = keyOf(policyKindWords);

/** A page of the policies of a kind. */
const policyPage = dotted({ kind, page: wholeNumber });
export const policyPageButton = buttonCodec(policyPage);
export const policyPageForm = formCodec(policyPage);

/** A new policy, and the policy it copies. */
export const newPolicyButton = buttonCodec(dotted({ kind, copied: optional(rowId) }));

/** The policy that applies if none is chosen. */
export const withoutPolicy = {
  rules: 'First matching rule, or the default',
  emergency: 'First matching rule, or no approval',
  application: 'Policy of the application',
} as const;

/** The kind of policies that a search field lists, and its option for no policy. */
export const policySearchId = actionIdCodec(
  ids.policySearch,
  dotted({ kind, without: optional(keyOf(withoutPolicy)) }),
);

/** A policy, written as by `idOption`; null: `withoutPolicy` applies. */
export const policyOption = optionCodec(orNull(rowId, '0'));

export const ruleListButton = buttonCodec(kind);

/** The rules of a kind, and a fingerprint of the shown rules: an edit by somebody else is a conflict. */
export const ruleListForm = formCodec(dotted({ kind, shown: dotless }));
/** One of the rules by its index, and the window of the list below its form. */
export const ruleForm = formCodec(
  dotted({ kind, shown: dotless, at: wholeNumber, window: dotless }),
);

/** The condition of a rule; null: any value. */
export const ruleRiskOption = optionCodec(orNull(z.enum(['low', 'medium', 'high']), 'any'));
export const ruleRequesterOption = optionCodec(orNull(z.enum(['manager', 'other']), 'any'));
export const ruleUrgencyOption = optionCodec(z.enum(['usual', 'emergency']));

/** A Slack user group by Slack's id. */
export const userGroupOption = optionCodec(dotless);

/** The people who may get a step by reassignment, and the risks that a link in an e-mail may decide. */
export const reassignOption = optionCodec(z.enum(['anyone', 'owners', 'nobody']));
export const byEmailOption = optionCodec(z.enum(['risk', 'yes', 'no']));

export const approversOption = optionCodec(keyOf(approverWords));
