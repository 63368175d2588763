import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { Preferences } from '../governance/notifications/preferences.ts';
import type { FooterLine, MailLinks } from './parts.ts';
import { toOneLine } from './text.ts';

type Channel = Preferences['channel'];

const identityReasons = {
  linked: 'Rolemine could not reach you in Slack',
  not_found: 'no Slack account uses this address',
  guest: 'you are a guest in Slack, and Rolemine works with full members only',
  deactivated: 'your Slack account is deactivated',
} as const;

const channelReasons = {
  slack: undefined,
  both: 'your notifications come by Slack and by e-mail',
  email: 'your notifications come by e-mail only',
} as const satisfies Record<Channel, string | undefined>;

/**
 * Builds the footer of a mail: why it came, where replies go, the zone of its times, how to change
 * notifications, and who sent it.
 */
export function buildFooter(
  { identity }: PersonalMessage,
  options: {
    channel?: Channel | undefined;
    links?: MailLinks | undefined;
    replyTo?: string | undefined;
    publicUrl?: string | undefined;
    /** The time zone of all times in the mail. */
    timeZone: string;
  },
): FooterLine[] {
  const { channel = 'slack', links, replyTo, publicUrl, timeZone } = options;
  const reason = channelReasons[channel] ?? identityReasons[identity?.state ?? 'linked'];
  const replies = replyTo ? `Replies go to ${toOneLine(replyTo)}.` : 'Replies are not read.';
  const lines: FooterLine[] = [
    { text: `You get this by e-mail because ${reason}. ${replies}` },
    { text: `Times are in the time zone ${timeZone}.` },
  ];
  if (links) {
    const link = { text: 'Inbox and notification settings', url: links.inbox };
    lines.push({ text: 'All your tasks and requests, and how you are notified:', link });
  }
  return [...lines, ...describeSender(publicUrl)];
}

/** Names the installation that sent the mail. A local address would tell the reader nothing. */
function describeSender(publicUrl: string | undefined): FooterLine[] {
  if (!publicUrl || !URL.canParse(publicUrl)) return [];
  const { hostname, host } = new URL(publicUrl);
  const isLocal = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  return isLocal ? [] : [{ text: `Sent by Rolemine at ${host}.` }];
}
