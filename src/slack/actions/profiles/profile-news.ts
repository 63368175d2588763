import type { Enrolled } from '../../../governance/profiles/enroll.ts';
import type { ChangedEntitlements } from '../../../governance/profiles/entitlements.ts';
import type { ReconciledMembers } from '../../../governance/profiles/reconcile-members.ts';
import type { WithdrawnAccess } from '../../../governance/profiles/unenroll.ts';
import { formatCount } from '../../../governance/wording/counts.ts';

/** What became of what somebody did to a profile, in one line above it. */

export function enrolledNews({ added, alreadyMembers, opened, skipped }: Enrolled): string {
  const already = alreadyMembers > 0 ? `, ${alreadyMembers} were members already` : '';
  return joinSentences(
    `${formatCount(added, 'person', 'people')} enrolled${already}.`,
    ...requestSentences(opened),
    ...distinctSentences(skipped, 5),
  );
}

export function leftNews(left: WithdrawnAccess & { removed: number }): string {
  return joinSentences(
    `${formatCount(left.removed, 'person', 'people')} removed.`,
    ...takenAwaySentences(left),
  );
}

export function entitlementNews({
  added,
  removed,
  requests: asked,
  withdrawn: gone,
}: ChangedEntitlements): string {
  return joinSentences(
    ...(added > 0
      ? [`${formatCount(added, 'entitlement')} put in.`, ...requestSentences(asked.opened)]
      : []),
    ...distinctSentences(asked.skipped, 5),
    ...(removed > 0
      ? [`${formatCount(removed, 'entitlement')} taken out.`, ...takenAwaySentences(gone)]
      : []),
  );
}

export function ruleNews(rule: ReconciledMembers & { isOn: boolean }): string {
  if (!rule.isOn) return 'The rule is off; who is a member stays one.';
  return joinSentences(
    `The rule is on: ${rule.joined} joined, ${rule.left} left.`,
    ...(rule.held > 0 ? [`${rule.held} wait for a yes to leave.`] : []),
    ...(rule.joined > 0 ? requestSentences(rule.opened) : []),
    ...distinctSentences(rule.skipped, 5),
  );
}

export function heldNews(
  decided: { people: number } & Partial<WithdrawnAccess>,
  isKept: boolean,
): string {
  if (isKept)
    return `${formatCount(decided.people, 'member stays', 'members stay')}, as if added by hand.`;
  const { opened = 0, closed = 0, direct = [], skipped = [] } = decided;
  return leftNews({ removed: decided.people, opened, closed, direct, skipped });
}

function requestSentences(opened: number): string[] {
  return [
    opened > 0
      ? `${formatCount(opened, 'request')} opened; their approvers are told now.`
      : 'No request was opened.',
  ];
}

function takenAwaySentences({ opened, closed, direct, skipped }: WithdrawnAccess): string[] {
  const named = direct.slice(0, 5).join('; ');
  const more = direct.length > 5 ? ` and ${direct.length - 5} more` : '';
  return [
    opened > 0
      ? `${formatCount(opened, 'revocation')} opened; who decides about them is told now.`
      : 'No revocation was opened.',
    ...(closed > 0 ? [`${formatCount(closed, 'open request')} of the profile closed.`] : []),
    ...(named ? [`Held directly, so it stays until you ask about it: ${named}${more}.`] : []),
    ...distinctSentences(skipped, 3),
  ];
}

function distinctSentences(sentences: readonly string[], most: number): string[] {
  return [...new Set(sentences)].slice(0, most);
}

function joinSentences(...sentences: string[]): string {
  return sentences.join(' ');
}
