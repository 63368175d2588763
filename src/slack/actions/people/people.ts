import type { App } from '@slack/bolt';
import {
  keepSlackLink,
  listPeopleAttention,
  unlinkSlackUser,
} from '../../../governance/people/account-conflicts.ts';
import { say, section } from '../../blocks/kit/elements.ts';
import { addressChoice, peopleMessage } from '../../blocks/people/people.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** Addresses in Slack that have become other ones: the same person, or somebody else. */
export function listenToPeople(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.peopleKeep, async (click) => {
    const { name } = await keepSlackLink(click.ctx, addressChoice(click.value));
    await answer(click, `${say(name)} stays linked to their Slack account.`);
  });

  onAction(app, deps, ids.peopleUnlink, async (click) => {
    const { name } = await unlinkSlackUser(click.ctx, addressChoice(click.value));
    const sentence = `${say(name)} is no longer linked to that Slack account; what waits for them comes by e-mail, until Slack knows their address.`;
    await answer(click, sentence);
  });
}

/** What was done, and what is left. */
async function answer({ ctx, reply }: Click, sentence: string): Promise<void> {
  const left = peopleMessage(await listPeopleAttention(ctx));
  await reply({ text: sentence, blocks: [section(sentence), ...left.blocks] });
}
