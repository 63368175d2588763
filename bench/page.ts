/** One figure with a target. */
export interface Verdict {
  figure: string;
  target: string;
  measured: string;
  met: boolean;
}

/** The results of one section of the page. */
export interface Measured {
  /** Markdown, without the heading. */
  lines: string[];
  verdicts: Verdict[];
}

export interface BenchOptions {
  /** Fewer runs and smaller data: a smoke test whose figures are not meaningful. */
  quick: boolean;
  seed: number;
  /** Shows the progress on the terminal. */
  report(text: string): void;
}

export interface Section {
  /** The name for `--only`. */
  name: string;
  title: string;
  measure(options: BenchOptions): Promise<Measured>;
}

/** The result of a section without data. */
export function notMeasured(reason: string): Measured {
  return { lines: [`Not measured: ${reason}.`], verdicts: [] };
}

/** Rows of the table of targets. */
export function toTargetRows(verdicts: readonly Verdict[]): string[][] {
  return verdicts.map(({ figure, target, measured, met }) => [
    figure,
    target,
    measured,
    met ? 'yes' : '**no**',
  ]);
}

/**
 * Replaces sections that were measured later in the text of a page: their targets, and their own
 * text, which begins with `when`.
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
    for (const row of table([], toTargetRows(verdicts)).slice(2)) {
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

/** A Markdown table; the first column is left-aligned, all others right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)];
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value that `percent` of the values do not exceed, interpolated between two values. */
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

/** Runs a function at least once; returns the median milliseconds and the last result. */
export async function measureTime<T>(
  runs: number,
  run: () => T | Promise<T>,
): Promise<{ ms: number; last: T }> {
  const times: number[] = [];
  let last: T;
  do {
    const startedAt = performance.now();
    last = await run();
    times.push(performance.now() - startedAt);
  } while (times.length < runs);
  return { ms: median(times), last };
}

/** "7,584" */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** "35 ms", "4.1 s" */
export function formatDuration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`;
}

export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
