import type { DelegationRow } from '../../store/people/delegations.ts';
import type { Notice } from '../notifications/notice.ts';
import { formatEnd, formatStart } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';

/** The reader of the words, their time zone, and the moment of reading. */
export interface DelegationReader {
  id: number;
  zone: string;
  now: Date;
}

/** Describes the message to the delegate, or to the person whose tasks they get. */
export function describeDelegation(row: DelegationRow, reader: DelegationReader): Notice {
  const { title, lines } = hasEnded(row, reader.now)
    ? describeEnd(row, reader.id)
    : reader.id === row.personId
      ? describeToPerson(row, reader.zone)
      : describeToDelegate(row, reader.zone);
  return { title, lines, summary: joinSentences([title, ...lines.slice(0, 1)]) };
}

/** Whether a delegation is over, or was replaced before it began. */
export function hasEnded({ startsAt, endsAt }: DelegationRow, now: Date): boolean {
  return endsAt !== null && (endsAt <= now || endsAt <= startsAt);
}

/** "Ana made you their delegate until 30 Jun 2027" */
function describeToDelegate(row: DelegationRow, zone: string) {
  const isOwn = row.setById === row.personId;
  const whose = isOwn ? 'their' : `${row.person}'s`;
  return {
    title: `${row.setBy ?? 'Rolemine'} made you ${whose} delegate${formatSpan(row, zone)}`,
    lines: [
      `You get ${whose} new tasks. Each names the person for whom you act.`,
      `Open tasks stay with ${row.person}.`,
    ],
  };
}

function describeToPerson(row: DelegationRow, zone: string) {
  const isOwn = row.setById === row.personId;
  const setter = isOwn ? 'You' : (row.setBy ?? 'Rolemine');
  return {
    title: `${setter} made ${row.delegate} your delegate${formatSpan(row, zone)}`,
    lines: [
      `Your new tasks go to ${row.delegate}. Open tasks stay with you.`,
      ...highRiskNotes(row, 'you'),
      isOwn
        ? 'If this was not you, end it in your inbox or on the Home tab of Rolemine in Slack.'
        : 'You can change or end this on the Home tab of Rolemine in Slack, or in your inbox.',
    ],
  };
}

/** Anybody who has a mail can use its link, so a delegate who was named there gets nothing of high risk. */
function highRiskNotes({ setVia }: DelegationRow, person: string): string[] {
  return setVia === 'email'
    ? [`New tasks of high risk stay with ${person}, because this was chosen from an e-mail.`]
    : [];
}

function describeEnd(row: DelegationRow, readerId: number) {
  return readerId === row.personId
    ? {
        title: `${row.delegate} is no longer your delegate`,
        lines: [`${row.delegate} keeps the tasks that they already have.`],
      }
    : {
        title: `You are no longer ${row.person}'s delegate`,
        lines: ['You keep the tasks that you already have.'],
      };
}

/** "Kim acts for you until 30 Jun 2027." */
export function describeDelegate(row: DelegationRow, { id, zone, now }: DelegationReader): string {
  const person = personFor(row, id);
  if (!row.canDelegateAct) {
    return `${row.delegate} can no longer act for ${person}. New tasks go to ${person}.`;
  }
  return row.startsAt > now
    ? `${row.delegate} will act for ${person}${formatSpan(row, zone)}.`
    : `${row.delegate} acts for ${person}${formatUntil(row, zone)}.`;
}

/** Describes a delegation to somebody who has just set it. */
export function describeNewDelegate(row: DelegationRow, reader: DelegationReader): string {
  const person = personFor(row, reader.id);
  return joinSentences([
    `${describeDelegate(row, reader)} Open tasks stay with ${person}. Reassign them if needed.`,
    ...highRiskNotes(row, person),
  ]);
}

function personFor({ personId, person }: DelegationRow, readerId: number): string {
  return readerId === personId ? 'you' : person;
}

/** "You act for Ana until 30 Jun 2027." */
export function describeActingFor(row: DelegationRow, { zone, now }: DelegationReader): string {
  return row.startsAt > now
    ? `You will act for ${row.person}${formatSpan(row, zone)}.`
    : `You act for ${row.person}${formatUntil(row, zone)}.`;
}

/** " from 1 Jan 2027 until 10 Jan 2027"; nothing for a delegation that begins at once and has no end. */
function formatSpan(row: DelegationRow, zone: string): string {
  const from = row.startsAt > row.createdAt ? ` from ${formatStart(row.startsAt, zone)}` : '';
  return `${from}${formatUntil(row, zone)}`;
}

function formatUntil({ endsAt }: DelegationRow, zone: string): string {
  return endsAt ? ` until ${formatEnd(endsAt, zone)}` : '';
}
