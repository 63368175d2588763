import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { Preferences } from '../governance/notifications/preferences.ts';
import { knownZone } from '../governance/notifications/working-hours.ts';
import { sumsOfSimulation } from '../governance/simulations/describe.ts';
import type { TaskCard } from '../governance/task-cards/step-card.ts';
import { footerOf } from './footer.ts';
import { htmlMail } from './html.ts';
import {
  digestParts,
  expiryParts,
  heldGrantsParts,
  heldImportParts,
  noticeParts,
  onlyCard,
} from './news-parts.ts';
import type { MailContext, MailLinks, MailParts } from './parts.ts';
import { plainMail } from './plain.ts';
import { runParts } from './run-parts.ts';
import { simulationParts } from './simulation-parts.ts';
import { commentParts, taskParts } from './task-parts.ts';
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
  /** Where replies go; unset: nowhere. */
  replyTo?: string | undefined;
  /** Without them the mail says where in Slack to act. */
  links?: MailLinks | undefined;
  /** How this person is told; by Slack unless set, so that a mail means that Slack cannot reach them. */
  channel?: Preferences['channel'] | undefined;
}

const subjectMax = 150;

/**
 * A letter as an e-mail: the same content as its Slack card and, since nothing can be decided in it, a link to
 * the page where the reader can, or the place in Slack.
 * @returns undefined for what is never mailed (the App Home, one's own comment).
 */
export function renderMail(
  personalMessage: PersonalMessage,
  options: RenderOptions = {},
): RenderedMail | undefined {
  const timeZone =
    knownZone(personalMessage.identity?.timeZone) ?? knownZone(options.timeZone) ?? 'UTC';
  const drawn = draw({ personalMessage, timeZone, links: options.links });
  if (!drawn) return undefined;
  const { parts, subject = headerText(parts.title, subjectMax), preview } = drawn;
  const footer = footerOf(personalMessage, options);
  return {
    subject,
    text: plainMail(parts, footer),
    html: htmlMail(parts, footer, headerText(preview, 300)),
  };
}

interface Drawn {
  parts: MailParts;
  /** Unless it is the title. */
  subject?: string;
  /** What a list of mails shows after the subject. */
  preview: string;
}

function draw(reader: MailContext): Drawn | undefined {
  const { message, person } = reader.personalMessage;
  switch (message.kind) {
    case 'home':
      return undefined;
    case 'comment': {
      const { comment } = message;
      if (comment.authorId === person.id) return undefined;
      const parts = commentParts(comment, reader);
      const subject = numbered(parts.title, comment.taskId);
      return { parts, subject, preview: comment.body };
    }
    case 'task': {
      const { card } = message;
      const [call, rest] = callOf(card);
      return {
        parts: taskParts(card, reader),
        subject: numbered(call, card.taskId),
        preview: rest,
      };
    }
    case 'notice':
      return { parts: noticeParts(message.notice), preview: message.notice.lines.join(' ') };
    case 'expiring':
      return { parts: expiryParts(message.expiry, reader), preview: message.expiry.note };
    case 'held_grants': {
      const preview = message.held.lines.join(' ');
      return { parts: heldGrantsParts(message.held, reader), preview };
    }
    case 'held_import': {
      const preview = message.held.lines.join(' ');
      return { parts: heldImportParts(message.held, reader), preview };
    }
    case 'digest': {
      const { detail, titles, opening } = message.digest;
      const parts = digestParts(message.digest, reader);
      const only = onlyCard(message.digest);
      if (only) {
        const [call, rest] = callOf(only);
        return { parts, subject: numbered(`${opening}${call}`, only.taskId), preview: rest };
      }
      const preview = [detail, ...titles.map(({ words }) => words)].filter(Boolean).join(' · ');
      return { parts, preview };
    }
    case 'run': {
      const preview = message.run.fresh.map((one) => one.name).join('; ');
      return { parts: runParts(message.run, reader), preview };
    }
    case 'simulation': {
      const { simulation } = message;
      const preview = simulation.ended?.text ?? sumsOfSimulation(simulation).join(' ');
      return { parts: simulationParts(simulation, reader), preview };
    }
  }
}

/** "Approve? Ana Ruiz asks for GitHub · Admin (#1042)" */
function numbered(words: string, taskId: number): string {
  const number = ` (#${taskId})`;
  return `${headerText(words, subjectMax - number.length)}${number}`;
}

/**
 * The title with the call that the summary puts before it ("Approve? …", "To provision: …"), where its first letter
 * may be a small one; and what the summary says after it.
 */
function callOf({ title, summary }: TaskCard): [call: string, rest: string] {
  const tail = title.slice(1);
  const at = tail ? summary.indexOf(tail) : -1;
  if (at <= 0) return [oneLine(title), oneLine(summary)];
  const end = at + tail.length;
  return [oneLine(summary.slice(0, end)), oneLine(summary.slice(end).replace(/^[:.?\s]+/, ''))];
}
