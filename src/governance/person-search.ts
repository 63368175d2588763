import { findPerson, listReports, type Person, searchPeople } from '../store/people.ts';
import type { ActorCtx } from './context.ts';
import { rolesHave } from './permissions.ts';

const most = 50;

/**
 * Active people for a search field. `forRequest`: only those the actor may ask for — themselves and their
 * direct reports, or by role anyone.
 */
export async function findTakers(
  ctx: ActorCtx,
  query: string,
  forRequest: boolean,
): Promise<Person[]> {
  if (!forRequest || rolesHave(ctx.actor.roles, 'requestForAnyone')) {
    return searchPeople(ctx.db, query, most);
  }
  const me = await findPerson(ctx.db, ctx.actor.personId);
  const own = [...(me ? [me] : []), ...(await listReports(ctx.db, ctx.actor.personId))];
  const words = query.trim().toLowerCase();
  return own.filter((person) => person.name.toLowerCase().includes(words)).slice(0, most);
}
