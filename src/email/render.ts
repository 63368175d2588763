import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { Preferences } from '../governance/notifications/preferences.ts';
import { sumsOfSimulation } from '../governance/simulations/describe.ts';
import type { TaskCard } from '../governance/task-cards/step-card.ts';
import { joinSentences } from '../governance/wording/sentences.ts';
import { knownZone } from '../time-zones.ts';
import { buildFooter } from './footer.ts';
import {
  buildDigestParts,
  buildExpiryParts,
  buildHeldGrantsParts,
  buildHeldImportParts,
  buildInboxParts,
  buildNoticeParts,
  findOnlyCard,
} from './news-parts.ts';
import type { MailContext, MailLinks, MailParts } from './parts.ts';
import { renderPlainText } from './plain-text.ts';
import { renderHtml } from './render-html.ts';
import { buildRunParts } from './run-parts.ts';
import { buildSimulationParts } from './simulation-parts.ts';
import { buildCommentParts, buildTaskParts } from './task-parts.ts';
import { toHeaderText, toOneLine } from './text.ts';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

export interface RenderOptions {
  /** The public URL of this installation, http or https. */
  publicUrl?: string | undefined;
  /** The organization's time zone, for people whose own is unknown; UTC when unset. */
  timeZone?: string | undefined;
  /** The address for replies; when unset, replies bounce. */
  replyTo?: string | undefined;
  /** Without links, the mail names the place in Slack where the reader can act. */
  links?: MailLinks | undefined;
  /** The reader's channel. Slack unless set, so the footer says that Slack could not reach them. */
  channel?: Preferences['channel'] | undefined;
}

const maxSubjectLength = 150;
const maxPreviewLength = 300;

/**
 * Renders a message as an e-mail. It has the content of the Slack card. A mail cannot decide anything, so it links
 * to the page where the reader can, or names the place in Slack.
 * @returns undefined for messages that are never mailed: the App Home and the reader's own comment.
 */
export function renderMail(
  personalMessage: PersonalMessage,
  options: RenderOptions = {},
): RenderedMail | undefined {
  const timeZone =
    knownZone(personalMessage.identity?.timeZone) ?? knownZone(options.timeZone) ?? 'UTC';
  const content = buildContent({ personalMessage, timeZone, links: options.links });
  if (!content) return undefined;
  const { parts, subject = toHeaderText(parts.title, maxSubjectLength), preview } = content;
  const footer = buildFooter(personalMessage, { ...options, timeZone });
  return {
    subject,
    text: renderPlainText(parts, footer),
    html: renderHtml(parts, footer, toHeaderText(preview, maxPreviewLength)),
  };
}

interface MailContent {
  parts: MailParts;
  /** The title unless set. */
  subject?: string;
  /** The text that a list of mails shows after the subject. */
  preview: string;
}

function buildContent(reader: MailContext): MailContent | undefined {
  const { message, person } = reader.personalMessage;
  switch (message.kind) {
    case 'home':
      return undefined;
    case 'comment': {
      const { comment } = message;
      if (comment.authorId === person.id) return undefined;
      const parts = buildCommentParts(comment, reader);
      const subject = addTaskNumber(parts.title, comment.taskId);
      return { parts, subject, preview: comment.body };
    }
    case 'task':
      return buildTaskContent(message.card, buildTaskParts(message.card, reader));
    case 'notice': {
      const { notice } = message;
      const isLink = reader.personalMessage.key.kind === 'inbox';
      const parts = isLink ? buildInboxParts(notice, reader) : buildNoticeParts(notice);
      return { parts, preview: joinSentences(notice.lines) };
    }
    case 'expiring':
      return { parts: buildExpiryParts(message.expiry, reader), preview: message.expiry.note };
    case 'held_grants': {
      const preview = joinSentences(message.held.lines);
      return { parts: buildHeldGrantsParts(message.held, reader), preview };
    }
    case 'held_import': {
      const preview = joinSentences(message.held.lines);
      return { parts: buildHeldImportParts(message.held, reader), preview };
    }
    case 'digest': {
      const { detail, titles, opening } = message.digest;
      const parts = buildDigestParts(message.digest, reader);
      const only = findOnlyCard(message.digest);
      if (only) return buildTaskContent(only, parts, opening);
      const preview = [detail, ...titles.map(({ words }) => words)].filter(Boolean).join(' · ');
      return { parts, preview };
    }
    case 'run': {
      const preview = message.run.newSuggestions.map(({ name }) => name).join('; ');
      return { parts: buildRunParts(message.run, reader), preview };
    }
    case 'simulation': {
      const { simulation } = message;
      const preview = simulation.ended?.text ?? joinSentences(sumsOfSimulation(simulation));
      return { parts: buildSimulationParts(simulation, reader), preview };
    }
  }
}

/** @param opening the start of the subject: "Reminder: " */
function buildTaskContent(card: TaskCard, parts: MailParts, opening = ''): MailContent {
  const [call, preview] = splitSummary(card);
  return { parts, subject: addTaskNumber(`${opening}${call}`, card.taskId), preview };
}

/** "Approve? Ana Ruiz asks for GitHub · Admin (#1042)" */
function addTaskNumber(words: string, taskId: number): string {
  const number = ` (#${taskId})`;
  return `${toHeaderText(words, maxSubjectLength - number.length)}${number}`;
}

/**
 * Splits the summary of a task after the title. The first part is the title with its call to action: "Approve? …".
 */
function splitSummary({ title, summary }: TaskCard): [call: string, rest: string] {
  const start = title ? summary.indexOf(title) : -1;
  if (start < 0) return [toOneLine(title), toOneLine(summary)];
  const end = start + title.length;
  const rest = summary.slice(end).replace(/^[:.?\s]+/, '');
  return [toOneLine(summary.slice(0, end)), toOneLine(rest)];
}
