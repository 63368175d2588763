import { compareNames } from '../wording/name-agreement.ts';

/**
 * Whether the Slack account of somebody who has left is now that of the person with its address. Slack may still show
 * the leaver, so the name has to say so.
 */
export function isHandedOn(
  user: { name: string },
  { leaver, person }: { leaver: { name: string }; person: { name: string } },
): boolean {
  const names = compareNames({ name: user.name }, { name: person.name });
  if (names === 'equal') return true;
  return (
    names === 'similar' && compareNames({ name: user.name }, { name: leaver.name }) !== 'equal'
  );
}
