import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, INTEGER } from '@duckdb/node-api';
import type { AccessMatrix } from '../src/mining/matrix/matrix.ts';
import type { CountingResult } from './counting-result.ts';
import { type Checksum, type Grouping, groupings } from './groupings.ts';
import { measureTime } from './page.ts';

const chunkRows = 2_048;

/** Loads one row per grant: the person's four values and the entitlement, in 16-bit columns. */
async function load(connection: DuckDBConnection, matrix: AccessMatrix): Promise<void> {
  const names = matrix.columns.map(({ dimension }) => dimension);
  await connection.run(`create table people (person integer, ${names.join(' integer, ')} integer)`);
  await connection.run('create table grants (person integer, entitlement integer)');
  const people = Array.from({ length: matrix.people }, (_, person) => person);
  const codes = matrix.columns.map(({ codes }) => Array.from(codes));
  await append(connection, 'people', [people, ...codes]);
  const holders = new Int32Array(matrix.items.length);
  for (const person of people) {
    holders.fill(person, matrix.offsets[person], matrix.offsets[person + 1]);
  }
  await append(connection, 'grants', [holders, matrix.items]);
  const narrow = names.map((name) => `${name}::usmallint as ${name}`).join(', ');
  await connection.run(
    `create table wide as select ${narrow}, entitlement::usmallint as entitlement
     from grants join people using (person) order by department, title, manager, status, entitlement`,
  );
}

async function append(
  connection: DuckDBConnection,
  table: string,
  columns: readonly ArrayLike<number>[],
): Promise<void> {
  const appender = await connection.createAppender(table);
  const rows = columns[0]?.length ?? 0;
  for (let start = 0; start < rows; start += chunkRows) {
    const chunk = DuckDBDataChunk.create(columns.map(() => INTEGER));
    chunk.setColumns(
      columns.map((column) => Array.prototype.slice.call(column, start, start + chunkRows)),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Forms of the same query. Which one is fastest depends on the number of groups. */
const forms: Record<string, (names: string[]) => string> = {
  'one row per grant with its values, sorted, 16-bit integers': (names) =>
    `select count(*) as k from wide group by ${names.join(', ')}, entitlement`,
  'the values packed with the entitlement into one integer': (names) => {
    const packed = names.map((name, at) => `${name}::ubigint << ${16 * (at + 1)}`).join(' | ');
    const key =
      names.length === 1
        ? `(${names[0]}::uinteger << 16 | entitlement)`
        : `(${packed} | entitlement)`;
    return `select count(*) as k from wide group by ${key}`;
  },
  'grants joined with people': (names) =>
    `select count(*) as k from grants join people using (person) group by ${names.join(', ')}, entitlement`,
};

/** Counts the groupings in memory with two threads, each in its fastest form. */
export async function countInDuckdb(matrix: AccessMatrix, runs: number): Promise<CountingResult> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await load(connection, matrix);
  const ask = async (form: string, grouping: Grouping): Promise<Checksum> => {
    const names = grouping.map((at) => matrix.columns[at]!.dimension);
    const reader = await connection.runAndReadAll(
      `select count(*)::double, sum(k)::double, sum(k * k)::double from (${forms[form]!(names)})`,
    );
    const [cells, grants, squares] = (reader.getRows()[0] ?? []).map(Number);
    return { cells: cells ?? 0, grants: grants ?? 0, squares: squares ?? 0 };
  };
  const results: CountingResult['results'] = [];
  const totals = Object.keys(forms).map((form) => ({ form, ms: 0 }));
  for (const grouping of groupings) {
    const timings: typeof totals = [];
    for (const one of totals) {
      const { ms } = await measureTime(2, () => ask(one.form, grouping));
      one.ms += ms;
      timings.push({ form: one.form, ms });
    }
    const best = timings.reduce((fast, one) => (one.ms < fast.ms ? one : fast));
    const { ms, last } = await measureTime(runs, () => ask(best.form, grouping));
    results.push({ ms, sum: last });
  }
  connection.closeSync();
  instance.closeSync();
  const how =
    'in memory, 2 threads, loaded and sorted before the clock starts; for each grouping the fastest form';
  return { name: 'DuckDB', how, results, forms: totals };
}
