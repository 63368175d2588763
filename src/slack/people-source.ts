import type { PersonRecord, ProblemLog, Source } from '../connectors/records.ts';
import type { KnownSlackPeople } from '../governance/people/slack-import.ts';
import type { SlackUser } from '../governance/people/slack-user.ts';

const file = 'Slack';

/**
 * The members of a workspace as a source of people, without bots, guests, deactivated users and people from other
 * sources.
 * @param known looks up existing people by Slack user and by address.
 */
export function createSlackSource(
  users: readonly SlackUser[],
  known: KnownSlackPeople,
  logs: { problems: ProblemLog; warnings: ProblemLog },
): Source {
  const records: PersonRecord[] = [];
  const userByEmail = new Map<string, SlackUser>();
  const warn = (user: SlackUser, message: string) =>
    logs.warnings.add({ file, line: 0, column: user.userId, value: user.name, message });
  const members = users.filter(({ barred }) => barred === undefined);
  // An import of an empty list would close everybody.
  if (members.length === 0) {
    logs.problems.add({ file, line: 0, message: 'the workspace has no members.' });
  }
  // Of two users with one address, the linked one is imported.
  const rank = (user: SlackUser) => (known.linkOf(user) ? 0 : 1);
  for (const user of [...members].sort((a, b) => rank(a) - rank(b))) {
    const link = known.linkOf(user);
    const email = link?.email ?? user.email;
    if (!email) {
      warn(user, 'this user is left out: Slack reports no verified e-mail address.');
      continue;
    }
    if (link?.isFromOtherSource || known.isFromOtherSource(email, user)) continue;
    const other = userByEmail.get(email.toLowerCase());
    if (other) {
      warn(user, `this user is left out: ${other.name} (${other.userId}) has the same address.`);
      continue;
    }
    userByEmail.set(email.toLowerCase(), user);
    records.push(toPersonRecord(user, email));
  }
  return {
    name: 'slack',
    files: { people: file },
    hasPeopleOnly: true,
    people: () => once(records),
    applications: () => once([]),
    entitlements: () => once([]),
    grants: () => once([]),
    ...logs,
  };
}

/** The user id identifies the person if the address changes. */
function toPersonRecord({ userId, name, title }: SlackUser, email: string): PersonRecord {
  const jobTitle = title?.trim();
  return {
    line: 0,
    id: userId,
    email: email.trim(),
    name,
    ...(jobTitle ? { jobTitle } : {}),
    active: true,
    attributes: {},
  };
}

async function* once<T>(list: T[]): AsyncIterable<T[]> {
  yield list;
}
