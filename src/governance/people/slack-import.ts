import { contactConnector } from '../../store/people/people.ts';
import { type Link, listLinks, listOthersEmails } from '../../store/people/slack-links.ts';
import type { Ctx } from '../context.ts';
import type { SlackUser } from './slack-user.ts';

/** What an import of people from Slack has to know of those who are here. */
export interface KnownSlackPeople {
  /** Whether another source brought the person with this address, whether or not they have left. */
  isFromOtherSource(email: string): boolean;
  linkOf(user: SlackUser): KnownLink | undefined;
}

interface KnownLink {
  /** Another source brought the person this user is linked to. */
  isFromOtherSource: boolean;
  /** The address by which the person goes on being known; undefined: the one that Slack says. */
  email: string | undefined;
}

/** Sources beside which Slack may say who somebody is. */
const ownConnectors = ['slack', contactConnector];

/** What is known of people before Slack's users are imported. */
export async function loadKnownSlackPeople(ctx: Ctx): Promise<KnownSlackPeople> {
  const links = new Map(
    (await listLinks(ctx.db)).map((link) => [keyOf(link.identity), link] as const),
  );
  const others = new Set(await listOthersEmails(ctx.db, ownConnectors));
  return {
    isFromOtherSource: (email) => others.has(email.toLowerCase()),
    linkOf: (user) => {
      const link = links.get(keyOf(user));
      if (!link) return undefined;
      const { person, identity } = link;
      // A contact has no id yet by which to be found under a new address.
      const isHeld = isOpenChange(identity, user) || person.connector === contactConnector;
      return {
        isFromOtherSource: !ownConnectors.includes(person.connector),
        email: (isHeld ? person.email : null) ?? undefined,
      };
    },
  };
}

/** A new address, in this reading or before, that waits for a Super Admin. */
function isOpenChange({ email, emailChangedAt }: Link['identity'], user: SlackUser): boolean {
  return emailChangedAt !== null || email?.toLowerCase() !== user.email?.toLowerCase();
}

function keyOf({ teamId, userId }: { teamId: string | null; userId: string | null }): string {
  return `${teamId} ${userId}`;
}
