import type { App } from '@slack/bolt';
import {
  keepSlackLink,
  listAccountConflicts,
  unlinkSlackUser,
} from '../../../governance/people/account-conflicts.ts';
import {
  confirmActive,
  confirmGroupMembers,
  listStandingConcerns,
} from '../../../governance/people/standing-concerns.ts';
import { escapeText, section } from '../../blocks/kit/elements.ts';
import { peopleMessage } from '../../blocks/people/people.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { addressButton, groupButton } from '../../state/people.ts';
import { idButton } from '../../state/records.ts';

/** Registers the decisions about people whose address in Slack has changed. */
export function listenToPeople(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.peopleKeep, keepAccount);
  onAction(app, deps, ids.peopleUnlink, unlinkAccount);
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
  const left = peopleMessage(await listAccountConflicts(ctx), await listStandingConcerns(ctx));
  await reply({ text: sentence, blocks: [section(sentence), ...left.blocks] });
}
