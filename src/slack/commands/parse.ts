import { Refusal } from '../../errors.ts';

export interface TypedCriterion {
  dimension: string;
  values: string[];
}

/** A mention as Slack sends it with `should_escape`: <@U0123|name>. */
const mention = /^<@([A-Z0-9]+)(?:\|[^>]*)?>$/;

/**
 * What a person typed, without Slack's escapes: entities undone, `<mailto:a@b|a@b>` and links shown as
 * their text, quotation marks straightened. Mentions stay as they are.
 */
export function toPlainCommand(text: string): string {
  return text
    .replace(
      /<(?!@)(?:mailto:)?([^>|]+)(?:\|([^>]*))?>/g,
      (_, target: string, label?: string) => label ?? target,
    )
    .replace(/[“”„]/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .trim();
}

/**
 * What a person wrote as a comment, as they see it: entities undone, the target of a link kept beside its
 * words. Mentions stay as they are; code and emoji are text.
 */
export function toPlainComment(text: string): string {
  return text
    .replace(/<(?!@)([^>|]+)(?:\|([^>]*))?>/g, (_, target: string, label = '') =>
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

/** First word and the rest: "analyze all" → analyze, all. */
export function splitWord(text: string): { word: string; rest: string } {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  return {
    word: word.toLowerCase(),
    rest: text.trim().slice(word.length).trim() || rest.join(' '),
  };
}

/**
 * `department=Sales,Marketing job_title="Account Executive"` → criteria; a comma is or, a space is and.
 * @throws Refusal 'invalid' showing how it is written.
 */
export function parseCriteria(text: string): TypedCriterion[] {
  const criteria: TypedCriterion[] = [];
  const pattern =
    /\s*([\p{L}\p{N}_.-]+)\s*=\s*((?:"[^"]+"|<@[^>]*>|[^\s",]+)(?:\s*,\s*(?:"[^"]+"|<@[^>]*>|[^\s",]+))*)(?=\s|$)/uy;
  let at = 0;
  while (at < text.trimEnd().length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) throw new Refusal('invalid', describeProblem(text.slice(at).trim()));
    const values = [...(match[2] ?? '').matchAll(/"([^"]+)"|(<@[^>]*>|[^\s",]+)/g)].map(
      (one) => one[1] ?? one[2] ?? '',
    );
    const [, dimension = ''] = match;
    criteria.push({
      dimension: /^manager(_email)?$/i.test(dimension) ? managerDimension : dimension,
      values: values.filter(Boolean),
    });
    at = pattern.lastIndex;
  }
  return criteria;
}

/** The attribute whose values are the e-mail addresses of managers. */
export const managerDimension = 'manager';

/** The same as attribute → values, with the values of an attribute that is typed twice together. */
export function parseCohort(text: string): Record<string, string[]> {
  const cohort = new Map<string, string[]>();
  for (const { dimension, values } of parseCriteria(text)) {
    cohort.set(dimension, [...(cohort.get(dimension) ?? []), ...values]);
  }
  return Object.fromEntries(cohort);
}

function describeProblem(rest: string): string {
  const odd = (rest.match(/"/g)?.length ?? 0) % 2 === 1;
  const what = odd ? 'A quotation mark is not closed' : `"${rest.slice(0, 60)}" cannot be read`;
  return `${what}. Write attribute=value, with quotes around values of several words, for example: /rolemine analyze department=Engineering job_title="Site Reliability Engineer"`;
}

/** What follows `/rolemine delegate`; people are mentions, days as typed. */
export interface DelegateLine {
  /** Undefined: nobody from now on. */
  to: string | undefined;
  from: string | undefined;
  until: string | undefined;
  whose: string | undefined;
}

/**
 * `@kim from 2027-01-04 until 2027-01-10`, `off`, and for Super Admins `… for @ana`.
 * @throws Refusal 'invalid' showing how it is written.
 */
export function parseDelegate(text: string): DelegateLine {
  const [to = '', ...more] = text.match(/<@[^>]*>|\S+/g) ?? [];
  const read: Record<string, string> = {};
  for (let at = 0; at < more.length; at += 2) {
    const [word, value] = [more[at]?.toLowerCase() ?? '', more[at + 1]];
    if (!['from', 'until', 'for'].includes(word) || !value || word in read) {
      throw new Refusal('invalid', `"${more.slice(at).join(' ').slice(0, 60)}" ${delegateHint}`);
    }
    read[word] = value;
  }
  const isOff = /^(off|end|nobody)$/i.test(to);
  return { to: isOff ? undefined : to, from: read.from, until: read.until, whose: read.for };
}

const delegateHint =
  'cannot be read. Write for example: /rolemine delegate @kim until 2027-01-10, or /rolemine delegate off';
