import { Refusal } from '../../errors.ts';
import { findNamed } from '../../governance/person-search.ts';
import { ctxFor } from '../people.ts';
import { mentionedUser } from './parse.ts';
import type { Call } from './rolemine.ts';

/**
 * The person that words name: a mention, an e-mail address, or a name that only one person has.
 * @throws Refusal missing (nobody), invalid (several).
 */
export async function namedPerson({ deps, client, ctx }: Call, words: string): Promise<number> {
  const userId = mentionedUser(words.trim());
  if (!userId) return (await findNamed(ctx, words)).id;
  const { actor } = await ctxFor(deps, client, { userId, teamId: deps.teamId }).catch((error) => {
    throw error instanceof Refusal
      ? new Refusal('missing', 'The person you mention is not known here as somebody with access.')
      : error;
  });
  return actor.personId;
}
