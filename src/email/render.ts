import type { TaskCard } from '../governance/describe.ts';
import type { Letter } from '../governance/messages.ts';
import { knownZone } from '../governance/working-hours.ts';
import { htmlMail } from './html.ts';
import {
  digestParts,
  expiryParts,
  type MailParts,
  noticeParts,
  runParts,
  taskParts,
} from './parts.ts';
import { plainMail } from './plain.ts';
import { headerText, oneLine } from './text.ts';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

export interface RenderOptions {
  /** Where the program can be reached, http or https. */
  publicUrl?: string | undefined;
  /** The zone of times for people whose own is not known; UTC when unset. */
  timeZone?: string | undefined;
}

const subjectMax = 150;

/**
 * A letter as an e-mail: the same content as its Slack card and, since nothing can be pressed in it, the
 * place where the reader can act.
 * @returns undefined for what is never mailed (the App Home, comments).
 */
export function renderMail(letter: Letter, options: RenderOptions = {}): RenderedMail | undefined {
  const { message } = letter;
  const timeZone = knownZone(letter.identity?.timeZone) ?? knownZone(options.timeZone) ?? 'UTC';
  switch (message.kind) {
    case 'home':
    case 'comment':
      return undefined;
    case 'task': {
      const parts = taskParts(message.card, letter, timeZone);
      return draw(parts, taskSubject(message.card), message.card.summary, options);
    }
    case 'notice': {
      const parts = noticeParts(message.notice, letter);
      return draw(parts, headerText(parts.title, subjectMax), message.notice.summary, options);
    }
    case 'expiring': {
      const parts = expiryParts(message.expiry, letter);
      return draw(parts, headerText(parts.title, subjectMax), message.expiry.note, options);
    }
    case 'digest': {
      const parts = digestParts(message.digest, letter, timeZone);
      const { summary } = message.digest;
      return draw(parts, headerText(parts.title, subjectMax), summary, options);
    }
    case 'run': {
      const parts = runParts(message.run, letter, timeZone);
      const preview = message.run.fresh.map((one) => one.name).join('; ');
      return draw(parts, headerText(parts.title, subjectMax), preview, options);
    }
  }
}

function draw(
  parts: MailParts,
  subject: string,
  preview: string,
  { publicUrl }: RenderOptions,
): RenderedMail {
  const whole = { ...parts, footer: [...parts.footer, ...sentBy(publicUrl)] };
  return { subject, text: plainMail(whole), html: htmlMail(whole, headerText(preview, 300)) };
}

/** Which installation wrote. Its name only: there is no page yet that a link could open. */
function sentBy(publicUrl: string | undefined): string[] {
  if (!publicUrl || !URL.canParse(publicUrl)) return [];
  const { hostname, host } = new URL(publicUrl);
  const isHere = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  return isHere ? [] : [`Sent by Rolemine at ${host}.`];
}

/** "Approve? Ana Ruiz asks for GitHub · Admin (#1042)" */
function taskSubject(card: TaskCard): string {
  const number = ` (#${card.taskId})`;
  return `${headerText(callOf(card), subjectMax - number.length)}${number}`;
}

/**
 * The title with the call that the summary puts before it: "Approve? …", "To provision: …". There the
 * title's first letter may be a small one.
 */
function callOf({ title, summary }: TaskCard): string {
  const tail = title.slice(1);
  const at = tail ? summary.indexOf(tail) : -1;
  return oneLine(at > 0 ? summary.slice(0, at + tail.length) : title);
}
