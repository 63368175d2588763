import { listAccountConflicts } from '../../governance/people/account-conflicts.ts';
import { resolvePerson } from '../../governance/people/person-search.ts';
import { listStandingConcerns } from '../../governance/people/standing-concerns.ts';
import { preferencesForm } from '../actions/people/preferences.ts';
import { openModal } from '../answers.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { peopleMessage } from '../blocks/people/people.ts';
import { ids } from '../ids.ts';
import { readMentionedPerson } from '../people.ts';
import type { CommandCall } from './call.ts';
import { parseMention } from './parse.ts';

const unknownPerson = 'Rolemine does not know the person you mentioned.';

/**
 * Finds the person of a mention, an e-mail address, or a name that only one person has.
 * @throws Refusal missing (nobody), invalid (several).
 */
export async function findNamedPerson(
  { deps, client, ctx }: CommandCall,
  words: string,
): Promise<number> {
  const userId = parseMention(words.trim());
  return userId
    ? readMentionedPerson(deps, client, userId, unknownPerson)
    : (await resolvePerson(ctx, words)).id;
}

export async function showPeople({ ctx, reply }: CommandCall): Promise<void> {
  await reply(peopleMessage(await listAccountConflicts(ctx), await listStandingConcerns(ctx)));
}

export async function openNotifications(call: CommandCall): Promise<void> {
  const { ctx, client, triggerId, reply } = call;
  if (triggerId) return openModal({ client, triggerId }, () => preferencesForm(ctx));
  const text = 'Choose how and when Rolemine notifies you.';
  await reply(openerMessage(text, 'Notifications', ids.preferencesOpen));
}
