import { groupBy } from '../../collections.ts';
import { contactConnector, selfEditedConnectors } from '../../store/people/people.ts';
import { type Link, listLinks, listOthersEmails } from '../../store/people/slack-links.ts';
import type { Ctx } from '../context.ts';
import type { SlackUser } from './slack-user.ts';

/** The known people, for an import of people from Slack. */
export interface KnownSlackPeople {
  /** Whether another source contains the person with this address, even if they have left. */
  isFromOtherSource(email: string, user: SlackUser): boolean;
  linkOf(user: SlackUser): KnownLink | undefined;
}

interface KnownLink {
  /** Whether another source contains the person of this user. */
  isFromOtherSource: boolean;
  /** The address that the person keeps; undefined: the one that Slack has. */
  email: string | undefined;
}

/** Reads the known people before users of Slack are imported. */
export async function loadKnownSlackPeople(ctx: Ctx): Promise<KnownSlackPeople> {
  const links = new Map(
    (await listLinks(ctx.db)).map((link) => [keyOf(link.identity), link] as const),
  );
  const others = groupBy(
    await listOthersEmails(ctx.db, selfEditedConnectors),
    ({ email }) => email,
  );
  return {
    isFromOtherSource: (email, { userId }) =>
      (others.get(email.toLowerCase()) ?? []).some(
        ({ users }) => users.length === 0 || users.includes(userId),
      ),
    linkOf: (user) => {
      const link = links.get(keyOf(user));
      if (!link) return undefined;
      const { person, identity } = link;
      // A contact has no id yet, so only the old address finds them.
      const keepsAddress = isOpenChange(identity, user) || person.connector === contactConnector;
      return {
        isFromOtherSource: !selfEditedConnectors.includes(person.connector),
        email: (keepsAddress ? person.email : null) ?? undefined,
      };
    },
  };
}

/** Whether the user has a new address, now or before, about which no Super Admin has decided. */
function isOpenChange({ email, emailChangedAt }: Link['identity'], user: SlackUser): boolean {
  return emailChangedAt !== null || email?.toLowerCase() !== user.email?.toLowerCase();
}

function keyOf({ teamId, userId }: { teamId: string | null; userId: string | null }): string {
  return `${teamId} ${userId}`;
}
