import { wilsonLowerBound } from '../../mining/matrix/matrix.ts';
import { describePerson } from '../people/display-name.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { formatEnd } from '../wording/relative-time.ts';
import type { StepView, TaskView } from './task-view.ts';

/** What a card says about its task, in the order in which it is read. */
export type Facts = [label: string, value: string][];

/** The facts of a step as labels and values: the person first, then what helps to decide. */
export function factsOf(view: TaskView, step: StepView): Facts {
  const facts: Facts = [[step.kind === 'approval' ? 'For' : 'Person', describePerson(view.person)]];
  if (!stepWords[step.kind].decides) {
    facts.push([
      'Account',
      `${view.person.email ?? view.person.formerEmail ?? view.person.name} on ${view.entitlement.app}`,
    ]);
    facts.push(...askerFacts(view, step));
    facts.push(...ruleFacts(view));
    return facts;
  }
  if (step.kind === 'approval') {
    const { accessUntil } = view.task;
    // The title of a person's own request names the end.
    if (accessUntil && view.task.requesterId === null)
      facts.push(['Until', formatEnd(accessUntil, view.zone)]);
  }
  if (view.peers) facts.push(['Peers', formatPeers(view.peers, view.peers.department)]);
  facts.push(...askerFacts(view, step));
  return facts;
}

/** The person behind the task, unless that is the person it is for. */
function askerFacts(view: TaskView, step: StepView): Facts {
  const { task, lastUsed, requestedBy } = view;
  if (step.kind === 'revocation') {
    return [
      ...(lastUsed ? [['Last used', lastUsed] as [string, string]] : []),
      ['Proposed by', proposerOf(view)],
    ];
  }
  if (!requestedBy) return [];
  if (isOfProfile(task)) return [['Enrolled by', requestedBy]];
  const isOwn = task.requesterId === null || task.requesterId === task.personId;
  return isOwn ? [] : [['Requested by', requestedBy]];
}

function isOfProfile({ cause, requesterId }: TaskView['task']): boolean {
  return cause !== 'rule' && requesterId === null;
}

function ruleFacts({ task, rule }: TaskView): Facts {
  return rule && task.cause === 'rule' ? [['Role rule', formatRule(rule)]] : [];
}

/** "department = Sales and location = Lyon: 58 of 60 have it" */
export function formatRule({ criteriaText, evidence }: NonNullable<TaskView['rule']>): string {
  return [criteriaText, evidence].filter(Boolean).join(': ');
}

/** Names the person who proposed a revocation, or the reason why Rolemine opened it. */
function proposerOf({ task, requestedBy, grant, zone }: TaskView): string {
  if (task.cause === 'rule_gone') return 'Rolemine: no role rule grants it now';
  if (task.cause !== 'expired') return requestedBy ?? 'Rolemine';
  return grant?.expiresAt
    ? `Rolemine: end date ${formatEnd(grant.expiresAt, zone)}`
    : 'Rolemine: the access expired';
}

/** "41 of 44 in Engineering have it (93 %)": reviewers need no bounds. */
export function formatPeerShare(
  { holders, people }: { holders: number; people: number },
  group: string,
): string {
  const counts = formatPeers({ holders, people }, group);
  return holders === 0 ? counts : `${counts} (${Math.round((100 * holders) / people)} %)`;
}

/** "41 of 44 in Engineering have it" */
export function formatPeers(
  { holders, people }: { holders: number; people: number },
  group: string,
): string {
  if (holders === 0) return `Nobody in ${group} has it (0 of ${people})`;
  return `${holders} of ${people} in ${group} ${holders === 1 ? 'has' : 'have'} it`;
}

/** "93 %, at least 82 %": the confidence and the lower bound of its Wilson interval. */
export function percents(holders: number, people: number): string {
  if (people === 0) return '0 %';
  const share = Math.round((100 * holders) / people);
  return `${share} %, at least ${Math.round(100 * wilsonLowerBound(holders, people))} %`;
}
