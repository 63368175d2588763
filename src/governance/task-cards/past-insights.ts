import type { Grant } from '../../store/access/grants.ts';
import type { listPastDecisions } from '../../store/access/review-evidence.ts';
import { formatDate } from '../wording/relative-time.ts';
import type { Insight } from './insight.ts';
import type { TaskView } from './task-view.ts';

type Decision = Awaited<ReturnType<typeof listPastDecisions>>[number];

/** Lists earlier grants of the access, and earlier decisions about the same person and entitlement. */
export function listPastInsights(
  { task, person, zone }: Pick<TaskView, 'task' | 'person' | 'zone'>,
  past: { grants: readonly Grant[]; decisions: readonly Decision[] },
): Insight[] {
  const held = past.grants.slice(0, 2).flatMap((grant): Insight[] => {
    if (!grant.closedAt) return [];
    const from = formatDate(grant.grantedAt ?? grant.firstSeenAt, zone);
    const sentence = `${person.name} had it from ${from} to ${formatDate(grant.closedAt, zone)}: ${endReason(grant, grant.closedAt)}.`;
    return [{ severity: 'fact', sentence }];
  });
  const same = past.decisions.filter((one) => one.kind === task.kind);
  const denials = same.filter((one) => one.state === 'denied');
  const approvals = new Set(
    same.filter((one) => one.state === 'approved').map((one) => one.taskId),
  );
  for (const denial of denials) approvals.delete(denial.taskId);
  const what = task.kind === 'grant' ? 'Approved' : 'Revocation confirmed';
  return [
    ...held,
    ...denials.slice(0, 2).map((denial) => denialInsight(denial, zone)),
    ...(approvals.size > 0
      ? [{ severity: 'fact' as const, sentence: `${what} ${times(approvals.size)} before.` }]
      : []),
  ];
}

function endReason({ deprovisionTaskId, expiresAt }: Grant, closedAt: Date): string {
  if (deprovisionTaskId !== null) return `task #${deprovisionTaskId} revoked it`;
  if (expiresAt && expiresAt <= closedAt) return 'it expired';
  return 'a sync no longer saw it';
}

/** "Denied by Bo Chen on 3 Mar 2026: “not needed in Sales”." */
function denialInsight({ kind, decider, at, reason }: Decision, zone: string): Insight {
  const what = kind === 'grant' ? 'Denied' : 'Revocation denied';
  const when = at ? ` on ${formatDate(at, zone)}` : '';
  return {
    severity: 'notice',
    sentence: `${what} by ${decider}${when}${reason ? `: “${reason}”` : '.'}`,
  };
}

function times(number: number): string {
  return number === 1 ? 'once' : number === 2 ? 'twice' : `${number} times`;
}
