import { and, type Column, ilike, or, type SQL, sql } from 'drizzle-orm';
import { Refusal } from '../errors.ts';
import { searchWords } from '../text.ts';
import { type Db, errorCode } from './db.ts';

/** The longest search on a PostgreSQL server, in milliseconds. */
const maxSearchMs = 2_000;

/** A condition: each word of a search occurs in one of the columns. */
export function containsWords(typed: string, ...columns: Column[]): SQL | undefined {
  // The longest word leaves the fewest rows for the others.
  const words = searchWords(typed).sort((a, b) => b.length - a.length);
  return and(
    ...words.map((word) => or(...columns.map((one) => ilike(one, `%${escapePattern(word)}%`)))),
  );
}

/** A condition: the text begins with the words of a search. */
export function beginsWithWords(typed: string, column: Column): SQL {
  return ilike(column, `${escapePattern(searchWords(typed).join(' '))}%`);
}

function escapePattern(word: string): string {
  return word.replace(/[\\%_]/g, '\\$&');
}

/**
 * Runs the queries of a search, which the server ends when they take too long.
 * @throws Refusal unavailable: they took too long.
 */
export async function runSearch<T>(db: Db, query: (db: Db) => Promise<T>): Promise<T> {
  try {
    return await db.transaction(async (transaction) => {
      // A transaction has the queries of the database; its type only lacks the connection.
      const inside = transaction as Db;
      await inside.execute(sql.raw(`set local statement_timeout = ${maxSearchMs}`));
      const found = await query(inside);
      // Inside another transaction the limit would hold to its end.
      await inside.execute(sql`set local statement_timeout to default`);
      return found;
    });
  } catch (error) {
    if (errorCode(error) !== queryCanceled) throw error;
    throw new Refusal('unavailable', 'This search took too long. Type more of the name.');
  }
}

/** PostgreSQL's code for a query that reached its time limit. */
const queryCanceled = '57014';
