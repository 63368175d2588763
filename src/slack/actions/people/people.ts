import type { App } from '@slack/bolt';
import { keepSlackLink, unlinkSlackUser } from '../../../governance/people/account-conflicts.ts';
import { decideReturn } from '../../../governance/people/departures.ts';
import {
  confirmActive,
  confirmGroupMembers,
} from '../../../governance/people/standing-concerns.ts';
import { mergePeople, splitPeople } from '../../../governance/sync/merge-people.ts';
import { decideQuestion } from '../../../governance/sync/people-pairs.ts';
import { escapeText, section } from '../../blocks/kit/elements.ts';
import { peopleMessage } from '../../blocks/people/people.ts';
import { loadPeople } from '../../commands/people.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import {
  addressButton,
  groupButton,
  mergeButton,
  pairButton,
  returnButton,
} from '../../state/people.ts';
import { idButton } from '../../state/records.ts';

/** Registers the decisions about changed addresses, people who are back, and people who may be the same. */
export function listenToPeople(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.peopleKeep, keepAccount);
  onAction(app, deps, ids.peopleUnlink, unlinkAccount);
  for (const id of [ids.peopleRestore, ids.peopleDismiss]) onAction(app, deps, id, decideRights);
  for (const id of [ids.peopleSame, ids.peopleSameRights, ids.peopleTwo]) {
    onAction(app, deps, id, decidePair);
  }
  for (const id of [ids.peopleMerge, ids.peopleMergeRights]) onAction(app, deps, id, merge);
  onAction(app, deps, ids.peopleSplit, split);
  onAction(app, deps, ids.peopleConfirm, confirmPerson);
  onAction(app, deps, ids.groupConfirm, confirmGroup);
}

async function keepAccount(click: Click): Promise<void> {
  const { name } = await keepSlackLink(click.ctx, addressButton.decode(click.value));
  await answerWithRest(click, `${escapeText(name)} stays linked to their Slack account.`);
}

async function unlinkAccount(click: Click): Promise<void> {
  const { name } = await unlinkSlackUser(click.ctx, addressButton.decode(click.value));
  const sentence = `${escapeText(name)} is no longer linked to that Slack account. They get e-mail until Slack knows their address.`;
  await answerWithRest(click, sentence);
}

async function decideRights(click: Click): Promise<void> {
  const choice = returnButton.decode(click.value);
  const { name, rights } = await decideReturn(click.ctx, choice);
  const done = choice.restore ? 'has these rights again' : 'does not get these rights back';
  await answerWithRest(click, `${escapeText(name)} ${done}: ${escapeText(rights.join(', '))}.`);
}

async function decidePair(click: Click): Promise<void> {
  const choice = pairButton.decode(click.value);
  const { names } = await decideQuestion(click.ctx, choice);
  const who = names.length > 1 ? `${names.length} people` : escapeText(names[0] ?? '');
  const sentence = choice.isSame
    ? `${who}: one person each. Later imports keep that.`
    : `${who}: not the same. The next import follows that.`;
  await answerWithRest(click, sentence);
}

async function merge(click: Click): Promise<void> {
  const { kept } = await mergePeople(click.ctx, mergeButton.decode(click.value));
  await answerWithRest(click, `Both are ${escapeText(kept)} now. *Split* makes two of them again.`);
}

async function split(click: Click): Promise<void> {
  const mergedId = idButton.decode(click.value);
  const { kept, merged } = await splitPeople(click.ctx, { mergedId });
  await answerWithRest(
    click,
    `${escapeText(merged)} and ${escapeText(kept)} are two people again.`,
  );
}

async function confirmPerson(click: Click): Promise<void> {
  const { name } = await confirmActive(click.ctx, { personId: idButton.decode(click.value) });
  await answerWithRest(click, `${escapeText(name)} may act again, by e-mail.`);
}

async function confirmGroup(click: Click): Promise<void> {
  const groupId = groupButton.decode(click.value);
  const { handle } = await confirmGroupMembers(click.ctx, { groupId });
  await answerWithRest(click, `All members of @${escapeText(handle)} are approvers now.`);
}

/** Answers with the result and the remaining people. */
async function answerWithRest({ ctx, reply }: Click, sentence: string): Promise<void> {
  const left = peopleMessage(await loadPeople(ctx));
  await reply({ text: sentence, blocks: [section(sentence), ...left.blocks] });
}
