import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { Preferences } from '../governance/notifications/preferences.ts';
import type { FooterLine, MailLinks } from './parts.ts';
import { oneLine } from './text.ts';

type Channel = Preferences['channel'];

const reasons = {
  linked: 'Rolemine could not reach you in Slack',
  not_found: 'Slack knows no account with this e-mail address',
  guest: 'you are a guest in Slack, and Rolemine works with full members only',
  deactivated: 'your Slack account is deactivated',
} as const;

const choices = {
  slack: undefined,
  both: 'you are told in Slack and by e-mail',
  email: 'you are told by e-mail only',
} as const satisfies Record<Channel, string | undefined>;

/** What stands below every mail: why it came, what becomes of a reply, and where to choose otherwise. */
export function footerOf(
  { identity }: PersonalMessage,
  about: {
    channel?: Channel | undefined;
    links?: MailLinks | undefined;
    replyTo?: string | undefined;
    publicUrl?: string | undefined;
  },
): FooterLine[] {
  const why = choices[about.channel ?? 'slack'] ?? reasons[identity?.state ?? 'linked'];
  const replies = about.replyTo
    ? `A reply goes to ${oneLine(about.replyTo)}; it decides nothing.`
    : 'Replies are not read; they decide nothing.';
  const lines: FooterLine[] = [{ text: `You get this by e-mail because ${why}. ${replies}` }];
  if (about.links) {
    const link = { text: 'Choose how you are told', url: about.links.preferences };
    lines.push({ text: 'By Slack or e-mail, at once or in a summary:', link });
  }
  return [...lines, ...sentBy(about.publicUrl)];
}

/** Which installation wrote. */
function sentBy(publicUrl: string | undefined): FooterLine[] {
  if (!publicUrl || !URL.canParse(publicUrl)) return [];
  const { hostname, host } = new URL(publicUrl);
  const isHere = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  return isHere ? [] : [{ text: `Sent by Rolemine at ${host}.` }];
}
