import type { RunView, SuggestionView } from '../governance/role-mining/suggestions.ts';
import { formatCount, formatPeople } from '../governance/wording/counts.ts';
import { formatExplained } from '../governance/wording/explained-grants.ts';
import { formatTime } from '../governance/wording/relative-time.ts';
import { joinSentences } from '../governance/wording/sentences.ts';
import { formatSuggestionTitle } from '../governance/wording/suggestion-title.ts';
import { describeSlackPlace } from './action-parts.ts';
import type { MailContext, MailParts, Part } from './parts.ts';
import { toOneLine } from './text.ts';

/** A mail lists this many suggestions. */
const maxRows = 10;

const unchanged = 'Existing suggestions are unchanged.';

/** Builds the mail about one analysis of the whole organization. */
export function buildRunParts(view: RunView, context: MailContext): MailParts {
  const { run, cancellation } = view;
  if (run.state === 'failed') {
    const reason = toOneLine(run.error ?? 'The reason is unknown');
    return buildUnfinishedParts('The role mining run failed', reason);
  }
  if (cancellation) {
    return buildUnfinishedParts(
      'The role mining run was canceled',
      `It was ${toOneLine(cancellation)}`,
    );
  }
  return view.newSuggestions.length === 0
    ? buildEmptyParts(view, context)
    : buildFoundParts(view, context);
}

function buildUnfinishedParts(title: string, reason: string): MailParts {
  const text = joinSentences([reason, unchanged]);
  return { title, subtitle: undefined, body: [{ type: 'lines', lines: [text], quiet: false }] };
}

function buildEmptyParts(view: RunView, context: MailContext): MailParts {
  const { openSuggestions } = view;
  const text =
    openSuggestions > 0
      ? `${formatCount(openSuggestions, 'earlier suggestion is', 'earlier suggestions are')} still open.`
      : 'There are no open suggestions.';
  const body: Part[] = [{ type: 'lines', lines: [text], quiet: false }];
  if (openSuggestions > 0) body.push(buildReviewPlace(context));
  return { title: 'Role mining found nothing new', subtitle: describeRun(view, context), body };
}

function buildFoundParts(view: RunView, context: MailContext): MailParts {
  const { newSuggestions } = view;
  const gain = `${formatExplained(view)} Nothing changes until you create a profile.`;
  const body: Part[] = [
    { type: 'lines', lines: [gain], quiet: false },
    { type: 'rows', rows: newSuggestions.slice(0, maxRows).map(buildSuggestionRow) },
  ];
  const more = newSuggestions.length - maxRows;
  if (more > 0) body.push({ type: 'lines', lines: [`and ${more} more`], quiet: true });
  body.push(buildReviewPlace(context));
  return {
    title: `Role mining found ${formatCount(newSuggestions.length, 'new access profile')}`,
    subtitle: describeRun(view, context),
    body,
  };
}

function describeRun({ run }: RunView, { timeZone }: MailContext): string {
  const at = run.finishedAt ? `Run of ${formatTime(run.finishedAt, timeZone)} · ` : '';
  return `${at}${formatPeople(run.people ?? 0)}, ${formatCount(run.grants ?? 0, 'grant')}`;
}

function buildReviewPlace({ personalMessage }: MailContext): Part {
  const text = describeSlackPlace('To review the suggestions,', personalMessage, {
    command: 'suggestions',
  });
  return { type: 'place', text };
}

function buildSuggestionRow(view: SuggestionView): { title: string; detail: string } {
  const { suggestion, evidence, decision } = view;
  const high = evidence.filter(({ risk }) => risk === 'high').length;
  const gaining = suggestion.gaining === 0 ? 'nobody' : formatPeople(suggestion.gaining);
  const detail = [
    formatPeople(suggestion.people),
    formatCount(evidence.length, 'entitlement'),
    `${gaining} would gain access`,
    ...(high > 0 ? [`${high} high-risk`] : []),
    ...(view.trust ? [view.trust] : []),
    ...(decision ? [toOneLine(decision)] : []),
  ];
  const title = formatSuggestionTitle({ name: toOneLine(view.name), words: toOneLine(view.words) });
  return { title, detail: detail.join(' · ') };
}
