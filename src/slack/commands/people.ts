import { resolvePerson } from '../../governance/people/person-search.ts';
import { mentionedPerson } from '../people.ts';
import type { CommandCall } from './call.ts';
import { mentionedUser } from './parse.ts';

const unknown = 'The person you mention is not known here as somebody with access.';

/**
 * The person that words name: a mention, an e-mail address, or a name that only one person has.
 * @throws Refusal missing (nobody), invalid (several).
 */
export async function findNamedPerson(
  { deps, client, ctx }: CommandCall,
  words: string,
): Promise<number> {
  const userId = mentionedUser(words.trim());
  return userId
    ? mentionedPerson(deps, client, userId, unknown)
    : (await resolvePerson(ctx, words)).id;
}
