import type { Enrolled } from '../../../governance/profiles/enroll.ts';
import type { ChangedEntitlements } from '../../../governance/profiles/entitlements.ts';
import type { ReconciledMembers } from '../../../governance/profiles/reconcile-members.ts';
import type { WithdrawnAccess } from '../../../governance/profiles/unenroll.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { joinSentences } from '../../../governance/wording/sentences.ts';

// The results of actions on a profile, as sentences above it.

export function describeEnrollment({ added, alreadyMembers, opened, skipped }: Enrolled): string {
  const already = alreadyMembers > 0 ? `, ${alreadyMembers} were members already` : '';
  return joinSentences([
    `${formatCount(added, 'person', 'people')} enrolled${already}.`,
    ...requestSentences(opened),
    ...distinctSentences(skipped, 5),
  ]);
}

export function describeRemoval(left: WithdrawnAccess & { removed: number }): string {
  return joinSentences([
    `${formatCount(left.removed, 'person', 'people')} removed.`,
    ...revocationSentences(left),
  ]);
}

export function describeEntitlementChange({
  added,
  removed,
  requests,
  withdrawn,
}: ChangedEntitlements): string {
  return joinSentences([
    ...(added > 0
      ? [`${formatCount(added, 'entitlement')} added.`, ...requestSentences(requests.opened)]
      : []),
    ...distinctSentences(requests.skipped, 5),
    ...(removed > 0
      ? [`${formatCount(removed, 'entitlement')} removed.`, ...revocationSentences(withdrawn)]
      : []),
  ]);
}

export function describeRuleChange(rule: ReconciledMembers & { isOn: boolean }): string {
  if (!rule.isOn) return 'The rule is off. Current members stay.';
  return joinSentences([
    `The rule is on: ${rule.joined} joined, ${rule.left} left.`,
    ...(rule.held > 0
      ? [`${formatCount(rule.held, 'removal needs', 'removals need')} confirmation.`]
      : []),
    ...(rule.joined > 0 ? requestSentences(rule.opened) : []),
    ...distinctSentences(rule.skipped, 5),
  ]);
}

export function describeHeldDecision(
  decided: { people: number } & Partial<WithdrawnAccess>,
  isKept: boolean,
): string {
  if (isKept)
    return `${formatCount(decided.people, 'member stays', 'members stay')}, as if added by hand.`;
  const { opened = 0, closed = 0, direct = [], skipped = [] } = decided;
  return describeRemoval({ removed: decided.people, opened, closed, direct, skipped });
}

function requestSentences(opened: number): string[] {
  return [
    opened > 0
      ? `${formatCount(opened, 'request')} opened; approvers are notified.`
      : 'No requests were opened.',
  ];
}

function revocationSentences({ opened, closed, direct, skipped }: WithdrawnAccess): string[] {
  const named = direct.slice(0, 5).join('; ');
  const more = direct.length > 5 ? ` and ${direct.length - 5} more` : '';
  return [
    opened > 0
      ? `${formatCount(opened, 'revocation')} opened; approvers are notified.`
      : 'No revocations were opened.',
    ...(closed > 0 ? [`${formatCount(closed, 'open request')} of the profile closed.`] : []),
    ...(named ? [`Held directly and therefore unchanged: ${named}${more}.`] : []),
    ...distinctSentences(skipped, 3),
  ];
}

function distinctSentences(sentences: readonly string[], max: number): string[] {
  return [...new Set(sentences)].slice(0, max);
}
