import type { PersonRecord, ProblemLog, Source } from '../connectors/records.ts';
import type { KnownSlackPeople } from '../governance/people/slack-import.ts';
import type { SlackUser } from '../governance/people/slack-user.ts';

const file = 'Slack';

/**
 * The members of a workspace as a source of people: no bots, guests or deactivated users, and nobody whom another
 * source brought.
 * @param known what is known here already, asked by user and by address.
 */
export function slackSource(
  users: readonly SlackUser[],
  known: KnownSlackPeople,
  logs: { problems: ProblemLog; warnings: ProblemLog },
): Source {
  const records: PersonRecord[] = [];
  const taken = new Map<string, SlackUser>();
  const warn = (user: SlackUser, message: string) =>
    logs.warnings.add({ file, line: 0, column: user.userId, value: user.name, message });
  const members = users.filter(({ barred }) => barred === undefined);
  // Taken at its word, it would close everybody.
  if (members.length === 0) {
    logs.problems.add({ file, line: 0, message: 'there are no members in it.' });
  }
  // Of two with one address the one who is linked is meant.
  const rank = (user: SlackUser) => (known.linkOf(user) ? 0 : 1);
  for (const user of [...members].sort((a, b) => rank(a) - rank(b))) {
    const link = known.linkOf(user);
    const email = link?.email ?? user.email;
    if (!email) {
      warn(user, 'Slack tells no verified e-mail address of this user, who is left out.');
      continue;
    }
    if (link?.isFromOtherSource || known.isFromOtherSource(email)) continue;
    const twin = taken.get(email.toLowerCase());
    if (twin) {
      warn(user, `this user is left out: ${twin.name} (${twin.userId}) has the same address.`);
      continue;
    }
    taken.set(email.toLowerCase(), user);
    records.push(recordOf(user, email));
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

/** The id keeps somebody the same person under a new address. */
function recordOf({ userId, name, title }: SlackUser, email: string): PersonRecord {
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
