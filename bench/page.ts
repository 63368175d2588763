/** One figure that has a target. */
export interface Verdict {
  what: string;
  target: string;
  measured: string;
  met: boolean;
}

/** What one section of the page has measured. */
export interface Measured {
  /** Markdown, without the heading. */
  lines: string[];
  verdicts: Verdict[];
}

export interface BenchOptions {
  /** Fewer runs and smaller data: shows that everything works, not how well. */
  quick: boolean;
  seed: number;
  /** Says on the terminal what is being measured. */
  tell(text: string): void;
}

export interface Section {
  /** What `--only` calls it. */
  name: string;
  title: string;
  measure(options: BenchOptions): Promise<Measured>;
}

/** A section whose data is not there. */
export function absent(what: string): Measured {
  return { lines: [`Not measured: ${what}.`], verdicts: [] };
}

/** Rows of the table of targets. */
export function targetRows(verdicts: readonly Verdict[]): string[][] {
  return verdicts.map(({ what, target, measured, met }) => [
    what,
    target,
    measured,
    met ? 'yes' : '**no**',
  ]);
}

/**
 * Puts sections that were measured later into the text of a page: their targets, and their own text, which
 * `when` begins.
 */
export function addToPage(
  text: string,
  measured: readonly (readonly [Section, Measured])[],
  when: string,
): string {
  const [head = '', ...parts] = text.trimEnd().split(/\n+(?=## )/);
  const bodies = new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part]));
  for (const [{ title }, { lines, verdicts }] of measured) {
    const targets = (bodies.get('## Targets') ?? '').trimEnd().split('\n');
    for (const row of table([], targetRows(verdicts)).slice(2)) {
      const start = row.slice(0, row.indexOf(' | ', 1) + 3);
      const at = targets.findIndex((line) => line.startsWith(start));
      if (at < 0) targets.push(row);
      else targets[at] = row;
    }
    bodies.set('## Targets', targets.join('\n'));
    bodies.set(`## ${title}`, [`## ${title}`, '', when, '', ...lines].join('\n'));
  }
  return `${[head, ...bodies.values()].join('\n\n')}\n`;
}

/** A Markdown table; cells of the first column are left, others right aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)];
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value that `percent` of the values do not exceed; between two of them by their distance. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const [low, high] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)]];
  return low + ((high ?? low) - low) * (place - Math.floor(place));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

/** Runs something so many times; the milliseconds of each and what the last returned. */
export async function timed<T>(
  runs: number,
  run: () => T | Promise<T>,
): Promise<{ ms: number; last: T }> {
  const times: number[] = [];
  let last: T | undefined;
  for (let at = 0; at < runs; at++) {
    const startedAt = performance.now();
    last = await run();
    times.push(performance.now() - startedAt);
  }
  return { ms: median(times), last: last as T };
}

/** "7,584" */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** "35 ms", "4.1 s" */
export function duration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
