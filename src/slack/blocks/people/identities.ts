import type { KnownBlock } from '@slack/web-api';
import type { ReturnedPerson } from '../../../governance/people/departures.ts';
import type { MergeLine, MergePreview } from '../../../governance/sync/merge-people.ts';
import type { PairQuestion } from '../../../governance/sync/people-pairs.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { mergeButton, pairButton, returnButton } from '../../state/people.ts';
import { idButton } from '../../state/records.ts';
import { actions, button, escapeName, formatTime, mrkdwn, section } from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** Decisions of a kind that are shown at once. The next ones follow when these are made. */
const maxShown = 3;
/** Pairs of a change of domain that are listed. */
const maxPairs = 10;
const maxRights = 8;
/** Characters of one decision: all of them and the Slack accounts share one message. */
const maxLength = 700;

function shortSection(text: string): KnownBlock {
  return { type: 'section', text: mrkdwn(text, maxLength) };
}

export interface IdentityQuestions {
  returned: ReturnedPerson[];
  questions: PairQuestion[];
  merges: MergeLine[];
}

/** "2 people back, 1 likely pair" */
export function countQuestions({ returned, questions }: IdentityQuestions): string[] {
  return [
    ...(returned.length > 0 ? [`${formatCount(returned.length, 'person', 'people')} back`] : []),
    ...(questions.length > 0 ? [formatCount(questions.length, 'likely pair')] : []),
  ];
}

/** People who are back, and people who may be the same. */
export function identityBlocks({ returned, questions, merges }: IdentityQuestions): KnownBlock[] {
  return [
    ...returned.slice(0, maxShown).flatMap(returnedBlocks),
    ...questions.slice(0, maxShown).flatMap(questionBlocks),
    ...merges.slice(0, maxShown).map(mergeRow),
  ];
}

function returnedBlocks({ departureId, name, about, leftAt, ended }: ReturnedPerson): KnownBlock[] {
  const left = `*${escapeName(name)}* (${escapeName(about)}) is back (left ${formatTime(leftAt)}).`;
  const value = (restore: boolean) => returnButton.encode({ departureId, restore });
  return [
    shortSection(`${left} Restore these rights: ${listRights(ended)}?`),
    actions(`returned.${departureId}`, [
      button('Restore', ids.peopleRestore, value(true), { label: `Restore the rights of ${name}` }),
      button("Don't restore", ids.peopleDismiss, value(false), {
        label: `Leave the rights of ${name} ended`,
      }),
    ]),
  ];
}

function questionBlocks(question: PairQuestion): KnownBlock[] {
  const { pairs, kind } = question;
  const [first] = pairs;
  if (!first) return [];
  const { pairId } = first;
  const value = (isSame: boolean, withRights = false) =>
    pairButton.encode({ pairId, count: pairs.length, isSame, withRights });
  const hasRights = pairs.some(({ rights }) => rights.length > 0);
  const [same, two] =
    pairs.length > 1 ? ['Same people', 'Other people'] : ['Same person', 'Two people'];
  return [
    shortSection(
      [headOf(question), ...pairs.slice(0, maxPairs).map(pairLine), ...moreOf(pairs.length)].join(
        '\n',
      ),
    ),
    actions(`pair.${pairId}`, [
      button(same, ids.peopleSame, value(true), { label: `${same}: ${first.person.name}` }),
      ...(kind === 'reused' && hasRights
        ? [
            button('Same, with rights', ids.peopleSameRights, value(true, true), {
              label: `Same person, with the rights: ${first.person.name}`,
            }),
          ]
        : []),
      button(two, ids.peopleTwo, value(false), { label: `${two}: ${first.person.name}` }),
    ]),
  ];
}

function headOf({ kind, domains, pairs }: PairQuestion): string {
  if (domains !== undefined) {
    const count = formatCount(pairs.length, 'person has', 'people have');
    return `${count} a new domain in the last import: ${escapeName(domains)}. Are they the same people?`;
  }
  return kind === 'waiting'
    ? 'An import no longer has the first person and has the second instead. The first stays as they are until you decide.'
    : 'A new person has the address of somebody who left. They got none of the rights.';
}

function pairLine({ person, other, leftAt, rights }: PairQuestion['pairs'][number]): string {
  const left = leftAt ? `, left ${formatTime(leftAt)}` : '';
  const had = rights.length > 0 ? ` (had: ${listRights(rights)})` : '';
  return `• *${escapeName(person.name)}* (${escapeName(person.about)}${left})${had} and *${escapeName(other.name)}* (${escapeName(other.about)})`;
}

function listRights(rights: readonly string[]): string {
  const more = rights.length > maxRights ? ` and ${rights.length - maxRights} more` : '';
  return `${rights.slice(0, maxRights).map(escapeName).join(', ')}${more}`;
}

function moreOf(count: number): string[] {
  return count > maxPairs ? [`and ${count - maxPairs} more`] : [];
}

function mergeRow({ mergedId, merged, kept, at }: MergeLine): KnownBlock {
  return {
    ...section(
      `${escapeName(merged)} was merged with *${escapeName(kept)}* ${formatTime(at)}.`,
      `merge.${mergedId}`,
    ),
    accessory: button('Split', ids.peopleSplit, idButton.encode(mergedId), {
      label: `Split ${merged} from ${kept}`,
    }),
  };
}

/** Both people of a merge, before a Super Admin decides. */
export function mergeMessage({ kept, merged, rights }: MergePreview): SlackMessage {
  const text = `Merge ${escapeName(merged.name)} with ${escapeName(kept.name)}?`;
  const value = (withRights: boolean) =>
    mergeButton.encode({ keepId: kept.id, mergeId: merged.id, withRights });
  const had = rights.length > 0 ? `\nRights of the second: ${listRights(rights)}` : '';
  return {
    text,
    blocks: [
      section(
        [
          `*${escapeName(kept.name)}* (${escapeName(kept.about)}) stays.`,
          `*${escapeName(merged.name)}* (${escapeName(merged.about)}) is closed. Access, tasks and memberships move.${had}`,
        ].join('\n'),
      ),
      actions('merge', [
        button('Merge', ids.peopleMerge, value(false), { style: 'primary' }),
        ...(rights.length > 0
          ? [button('Merge with rights', ids.peopleMergeRights, value(true))]
          : []),
      ]),
    ],
  };
}
