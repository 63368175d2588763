import { findNamed } from '../../governance/people/person-search.ts';
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
    : (await findNamed(ctx, words)).id;
}
