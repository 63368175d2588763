import type { Letter } from '../governance/messages.ts';
import type { FooterLine, MailLinks } from './parts.ts';
import { oneLine } from './text.ts';

/** Why a mail instead of Slack, where neither Slack's answer nor its silence is the reason. */
export type ByChoice = 'person' | 'organisation';

const reasons = {
  linked: 'Rolemine could not reach you in Slack',
  not_found: 'Slack knows no account with this e-mail address',
  guest: 'you are a guest in Slack, and Rolemine works with full members only',
  deactivated: 'your Slack account is deactivated',
} as const;

const choices = {
  person: 'you chose e-mail',
  organisation: 'your organisation chose e-mail',
} as const satisfies Record<ByChoice, string>;

/** What stands below every mail: why it came, what becomes of a reply, and where to choose otherwise. */
export function footerOf(
  { identity }: Letter,
  about: {
    byChoice?: ByChoice | undefined;
    links?: MailLinks | undefined;
    replyTo?: string | undefined;
    publicUrl?: string | undefined;
  },
): FooterLine[] {
  const why = about.byChoice ? choices[about.byChoice] : reasons[identity?.state ?? 'linked'];
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
