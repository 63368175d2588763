import { Refusal } from '../../errors.ts';
import type { ActorCtx } from '../../governance/context.ts';
import {
  type AccountConflicts,
  listAccountConflicts,
} from '../../governance/people/account-conflicts.ts';
import { listReturnedPeople } from '../../governance/people/departures.ts';
import { resolvePerson } from '../../governance/people/person-search.ts';
import {
  listStandingConcerns,
  type StandingConcerns,
} from '../../governance/people/standing-concerns.ts';
import { listRecentMerges, previewMerge } from '../../governance/sync/merge-people.ts';
import { listPeoplePairs } from '../../governance/sync/people-pairs.ts';
import { preferencesForm } from '../actions/people/preferences.ts';
import { openModal } from '../answers.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { type IdentityQuestions, mergeMessage } from '../blocks/people/identities.ts';
import { peopleMessage } from '../blocks/people/people.ts';
import { ids } from '../ids.ts';
import { readMentionedPerson } from '../people.ts';
import type { CommandCall } from './call.ts';
import { parseMention } from './parse.ts';

const unknownPerson = 'Rolemine does not know the person you mentioned.';

/**
 * Finds the person of a mention, an e-mail address, or a name that only one person has; "me" is the actor.
 * @throws Refusal missing (nobody), invalid (several).
 */
export async function findNamedPerson(
  { deps, client, ctx }: CommandCall,
  words: string,
): Promise<number> {
  if (/^(me|myself)$/i.test(words.trim())) return ctx.actor.personId;
  const userId = parseMention(words.trim());
  return userId
    ? readMentionedPerson(deps, client, userId, unknownPerson)
    : (await resolvePerson(ctx, words)).id;
}

/** `/rolemine people` lists what needs a decision; `/rolemine people merge A B` shows two people before a merge. */
export async function showPeople(call: CommandCall): Promise<void> {
  const { ctx, reply, rest } = call;
  const [word, keep, merge, ...more] = rest.trim().split(/\s+/);
  if (word === '') return reply(peopleMessage(await loadPeople(ctx)));
  if (word !== 'merge' || !keep || !merge || more.length > 0) {
    throw new Refusal(
      'invalid',
      'Write `people`, or `people merge` with two mentions or e-mail addresses: first the person who stays.',
    );
  }
  const keepId = await findNamedPerson(call, keep);
  const mergeId = await findNamedPerson(call, merge);
  await reply(mergeMessage(await previewMerge(ctx, { keepId, mergeId })));
}

/** Everything about people that needs a decision of a Super Admin. */
export async function loadPeople(
  ctx: ActorCtx,
): Promise<AccountConflicts & StandingConcerns & IdentityQuestions> {
  return {
    ...(await listAccountConflicts(ctx)),
    ...(await listStandingConcerns(ctx)),
    returned: await listReturnedPeople(ctx),
    questions: await listPeoplePairs(ctx),
    merges: await listRecentMerges(ctx),
  };
}

export async function openNotifications(call: CommandCall): Promise<void> {
  const { ctx, client, triggerId, reply } = call;
  if (triggerId) return openModal({ client, triggerId }, () => preferencesForm(ctx));
  const text = 'Choose how and when Rolemine notifies you.';
  await reply(openerMessage(text, 'Notifications', ids.preferencesOpen));
}
