import { Refusal } from '../../errors.ts';

export interface TypedCriterion {
  dimension: string;
  values: string[];
}

/** A mention as Slack sends it with `should_escape`: <@U0123|name>. */
const mention = /^<@([A-Z0-9]+)(?:\|[^<>]*)?>$/;

// No part of a pattern here runs over a further "<", or many of them would take quadratic time.

/**
 * Removes Slack's escapes from a typed command: entities are decoded, `<mailto:a@b|a@b>` and links become their text,
 * and quotation marks are straightened. Mentions stay.
 */
export function toPlainCommand(text: string): string {
  return text
    .replace(
      /<(?!@)(?:mailto:)?([^<>|]+)(?:\|([^<>]*))?>/g,
      (_, target: string, label?: string) => label ?? target,
    )
    .replace(/[“”„]/g, '"')
    .replace(/(=|,)\s*['‘]([^'‘’]*)['’](?=[\s,]|$)/g, '$1"$2"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .trim();
}

/**
 * Turns a typed comment into the text that its author sees: entities are decoded, and a link keeps its target beside
 * its text. Mentions stay. Code and emoji are text.
 */
export function toPlainComment(text: string): string {
  return text
    .replace(/<(?!@)([^<>|]+)(?:\|([^<>]*))?>/g, (_, target: string, label = '') =>
      formatLink(target, label),
    )
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .trim();
}

/** `<!here>`, `<!subteam^S1|@oncall>`, `<#C1|general>`, `<https://acme.example|Acme>` */
function formatLink(target: string, label: string): string {
  if (target.startsWith('!')) return label || `@${target.slice(1)}`;
  if (target.startsWith('#')) return `#${label || target.slice(1)}`;
  const address = target.replace(/^mailto:/, '');
  return label === '' || label === address ? address : `${label} (${address})`;
}

/** The user id of a mention, or undefined. */
export function parseMention(word: string): string | undefined {
  return mention.exec(word)?.[1];
}

/** Splits off the first word: "analyze all" → analyze, all. */
export function splitWord(text: string): { word: string; rest: string } {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  return {
    word: word.toLowerCase(),
    rest: text.trim().slice(word.length).trim() || rest.join(' '),
  };
}

/**
 * Reads `department=Sales,Marketing job_title="Account Executive"`: a comma means or, a space means and. An attribute
 * of several words stands in quotes, too: `"Cost Center"=R-10`.
 * @throws Refusal invalid with an example of the form.
 */
export function parseCriteria(text: string): TypedCriterion[] {
  const criteria: TypedCriterion[] = [];
  const pattern =
    /\s*("[^"]+"|[\p{L}\p{N}_./[\]()-]+)\s*=\s*((?:"[^"]+"|<@[^<>]*>|[^\s",]+)(?:\s*,\s*(?:"[^"]+"|<@[^<>]*>|[^\s",]+))*)(?=\s|$)/uy;
  let at = 0;
  while (at < text.trimEnd().length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) throw new Refusal('invalid', describeProblem(text.slice(at).trim()));
    const values = [...(match[2] ?? '').matchAll(/"([^"]+)"|(<@[^<>]*>|[^\s",]+)/g)].map(
      (one) => one[1] ?? one[2] ?? '',
    );
    const dimension = (match[1] ?? '').replaceAll('"', '').trim();
    criteria.push({
      dimension: /^manager(_email)?$/i.test(dimension) ? managerDimension : dimension,
      values: values.filter(Boolean),
    });
    at = pattern.lastIndex;
  }
  return criteria;
}

/** The attribute whose values are e-mail addresses of managers. */
export const managerDimension = 'manager';

/** Reads criteria as attribute → values. Values of an attribute that is typed twice are combined. */
export function parseCohort(text: string): Record<string, string[]> {
  const cohort = new Map<string, string[]>();
  for (const { dimension, values } of parseCriteria(text)) {
    cohort.set(dimension, [...(cohort.get(dimension) ?? []), ...values]);
  }
  return Object.fromEntries(cohort);
}

function describeProblem(rest: string): string {
  const isUnclosed = (rest.match(/"/g)?.length ?? 0) % 2 === 1;
  const problem = isUnclosed
    ? 'A quotation mark is not closed'
    : `"${rest.slice(0, 60)}" cannot be read`;
  return `${problem}. Write attribute=value, with quotes around names and values of several words, for example: /rolemine analyze department=Engineering job_title="Site Reliability Engineer"`;
}

/** The text on one line, cut to what a command needs: patterns must not run over more. */
export function toOneLine(text: string): string {
  return text.slice(0, 1_000).replace(/\s+/g, ' ').trim();
}

/** The arguments of `/rolemine delegate`. People are mentions, days are text. */
export interface DelegateLine {
  /** undefined ends the delegation. */
  to: string | undefined;
  from: string | undefined;
  until: string | undefined;
  whose: string | undefined;
}

/**
 * Reads `@kim from 2027-01-04 until 2027-01-10`, `off`, and for Super Admins `… for @ana`.
 * @throws Refusal invalid with an example of the form.
 */
export function parseDelegate(text: string): DelegateLine {
  const line = toOneLine(text);
  if (/^<@[^<>]*> (?!(?:from|until|for) )|(?:^| )(?:from|until|for)$/i.test(line)) {
    throw new Refusal('invalid', `"${line.slice(0, 60)}" ${delegateHint}`);
  }
  const [to = '', ...more] = line.split(/(?:^| )(from|until|for) /i);
  const read: Record<string, string> = {};
  for (let at = 0; at < more.length; at += 2) {
    const [word = '', value = ''] = [more[at]?.toLowerCase(), more[at + 1]?.trim()];
    const isDay = word === 'for' || /^\S+$/.test(value);
    if (!value || !isDay || word in read) {
      throw new Refusal('invalid', `"${more.slice(at).join(' ').slice(0, 60)}" ${delegateHint}`);
    }
    read[word] = value;
  }
  const isOff = /^(off|end|nobody)$/i.test(to.trim());
  return { to: isOff ? undefined : to.trim(), from: read.from, until: read.until, whose: read.for };
}

const delegateHint =
  'cannot be read. Write for example: /rolemine delegate @kim until 2027-01-10, or /rolemine delegate off';
