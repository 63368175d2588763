import type { DelegationRow } from '../../store/people/delegations.ts';
import type { Notice } from '../notifications/notice.ts';
import { onDay } from '../wording/calendar-days.ts';

export type Delegation = DelegationRow;

/** The message to the delegate, or to the person whose tasks they get. */
export function describeDelegation(row: Delegation, readerId: number, now: Date): Notice {
  const { title, lines } = hasEnded(row, now)
    ? endNote(row, readerId)
    : readerId === row.personId
      ? ownNote(row)
      : takerNote(row);
  return { title, lines, summary: [`${title}.`, ...lines.slice(0, 1)].join(' ') };
}

/** Whether it runs no more, or was replaced before it began. */
export function hasEnded({ startsAt, endsAt }: Delegation, now: Date): boolean {
  return endsAt !== null && (endsAt <= now || endsAt <= startsAt);
}

/** "Ana made you their delegate until 30 Jun 2027" */
function takerNote(row: Delegation) {
  const isOwn = row.setById === row.personId;
  const whose = isOwn ? 'their' : `${row.person}'s`;
  return {
    title: `${row.setBy ?? 'Rolemine'} made you ${whose} delegate${spanWords(row)}`,
    lines: [
      `${isOwn ? 'Their' : `${row.person}'s`} new tasks come to you; each says whose it is.`,
      `Tasks that wait already stay with ${row.person}.`,
    ],
  };
}

function ownNote(row: Delegation) {
  return {
    title: `${row.setBy ?? 'Rolemine'} made ${row.delegate} your delegate${spanWords(row)}`,
    lines: [
      `Your new tasks go to ${row.delegate}. Tasks that wait already stay with you.`,
      'You can change or end it on the Home tab of Rolemine in Slack.',
    ],
  };
}

function endNote(row: Delegation, readerId: number) {
  return readerId === row.personId
    ? {
        title: `${row.delegate} is no longer your delegate`,
        lines: [`Tasks that went to ${row.delegate} already stay there.`],
      }
    : {
        title: `You are no longer ${row.person}'s delegate`,
        lines: ['Tasks that came to you already stay with you.'],
      };
}

/** "Kim acts for you until 30 Jun 2027." */
export function describeDelegate(row: Delegation, readerId: number, now: Date): string {
  const person = personFor(row, readerId);
  if (!row.canDelegateAct) {
    return `${row.delegate} was to act for ${person} and no longer can: new tasks come to ${person}.`;
  }
  return row.startsAt > now
    ? `${row.delegate} is to act for ${person}${spanWords(row)}.`
    : `${row.delegate} acts for ${person}${untilWords(row)}.`;
}

/** The answer to somebody who has just set a delegate. */
export function describeNewDelegate(row: Delegation, readerId: number, now: Date): string {
  const person = personFor(row, readerId);
  return `${describeDelegate(row, readerId, now)} Tasks that wait already stay with ${person}; reassign them if needed.`;
}

function personFor({ personId, person }: Delegation, readerId: number): string {
  return readerId === personId ? 'you' : person;
}

/** "You act for Ana until 30 Jun 2027." */
export function describeActingFor(row: Delegation, now: Date): string {
  return row.startsAt > now
    ? `You are to act for ${row.person}${spanWords(row)}.`
    : `You act for ${row.person}${untilWords(row)}.`;
}

/** " from 1 Jan 2027 until 10 Jan 2027"; nothing for what runs from now on without an end. */
function spanWords(row: Pick<Delegation, 'startsAt' | 'endsAt' | 'createdAt'>): string {
  const from = row.startsAt > row.createdAt ? ` from ${onDay(row.startsAt)}` : '';
  return `${from}${untilWords(row)}`;
}

function untilWords({ endsAt }: Pick<Delegation, 'endsAt'>): string {
  return endsAt ? ` until ${onDay(endsAt)}` : '';
}
