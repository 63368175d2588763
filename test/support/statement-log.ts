import type { Logger } from 'drizzle-orm';

/** Records the statements of a database, without the savepoints of nested transactions. */
export class StatementLog implements Logger {
  #statements: { text: string; params: string }[] = [];

  logQuery(query: string, params: unknown[]): void {
    if (/^(savepoint|release|rollback)\b/.test(query)) return;
    this.#statements.push({ text: query, params: JSON.stringify(params) });
  }

  /** Removes all recorded statements. */
  reset(): void {
    this.#statements = [];
  }

  /** How often a word occurs in the statement that has it most. */
  countMost(word: string): number {
    return Math.max(0, ...this.#statements.map(({ text }) => text.split(word).length - 1));
  }

  /** The number of all statements, and of reads among them. A read that takes a lock counts as a read. */
  get counts(): { statements: number; reads: number } {
    return { statements: this.#statements.length, reads: this.#reads.length };
  }

  /** Reads that ran more than once with the same text and the same parameters. */
  get repeatedReads(): string[] {
    const seen = new Set<string>();
    return this.#reads.flatMap(({ text, params }) => {
      const key = `${text} ${params}`;
      if (seen.has(key)) return [key];
      seen.add(key);
      return [];
    });
  }

  get #reads() {
    return this.#statements.filter(({ text }) => /^\s*(select|with)\b/i.test(text));
  }
}
