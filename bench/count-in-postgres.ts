import { once } from 'node:events';
import postgres from 'postgres';
import type { AccessMatrix } from '../src/mining/matrix/matrix.ts';
import type { CountingResult } from './counting-result.ts';
import { type Checksum, type Grouping, groupings } from './groupings.ts';
import { measureTime } from './page.ts';

type Client = postgres.Sql;

const schema = 'rolemine_bench';
const workMem = '1GB';
const linesPerWrite = 20_000;

/**
 * Loads one row per grant with the person's values, by COPY in their order, and analyzes the table.
 */
async function load(sql: Client, matrix: AccessMatrix): Promise<void> {
  const { columns, offsets, items, people } = matrix;
  const names = columns.map(({ dimension }) => dimension);
  await sql.unsafe(`drop schema if exists ${schema} cascade`);
  await sql.unsafe(`create schema ${schema}`);
  await sql.unsafe(
    `create unlogged table ${schema}.wide (${names.join(' smallint, ')} smallint, entitlement smallint)`,
  );
  const copy = await sql.unsafe(`copy ${schema}.wide from stdin`).writable();
  const order = Uint32Array.from({ length: people }, (_, person) => person);
  const key = (person: number) => columns[0]!.codes[person]!;
  order.sort((a, b) => key(a) - key(b) || a - b);
  let lines: string[] = [];
  const flush = async () => {
    if (!copy.write(lines.join(''))) await once(copy, 'drain');
    lines = [];
  };
  for (const person of order) {
    const values = columns.map(({ codes }) => codes[person]).join('\t');
    for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
      lines.push(`${values}\t${items[i]}\n`);
    }
    if (lines.length >= linesPerWrite) await flush();
  }
  await flush();
  copy.end();
  await once(copy, 'finish');
  await sql.unsafe(`vacuum analyze ${schema}.wide`);
}

const settings = {
  work_mem: workMem,
  max_parallel_workers_per_gather: '2',
  hash_mem_multiplier: '2',
  min_parallel_table_scan_size: '0',
  parallel_setup_cost: '0',
  parallel_tuple_cost: '0',
  jit: 'off',
};

/** The planner's choice, and hashing in any case, since its estimate of the groups is poor. */
const planSettings = ['reset enable_sort', 'set enable_sort = off'];

/** Counts the groupings on a server with two parallel workers. Drops the schema afterwards. */
export async function countInPostgres(
  url: string,
  matrix: AccessMatrix,
  runs: number,
): Promise<CountingResult> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await load(sql, matrix);
    for (const [name, value] of Object.entries(settings)) {
      await sql.unsafe(`set ${name} = '${value}'`);
    }
    const [row] = await sql`select current_setting('server_version') as version`;
    const results: CountingResult['results'] = [];
    for (const grouping of groupings) results.push(await measure(sql, matrix, grouping, runs));
    return {
      name: `PostgreSQL ${String(row?.version).split(' ')[0]}`,
      how: `one row per grant with its values, sorted, 16-bit integers; COPY, vacuum analyze; work_mem ${workMem}, 2 parallel workers at no cost, no JIT; the better of two plans for each grouping`,
      results,
    };
  } finally {
    await sql.unsafe(`drop schema if exists ${schema} cascade`);
    await sql.end();
  }
}

async function measure(sql: Client, matrix: AccessMatrix, grouping: Grouping, runs: number) {
  const names = grouping.map((at) => matrix.columns[at]!.dimension).join(', ');
  const query = `select count(*)::float8 as cells, sum(k)::float8 as grants, sum(k * k)::float8 as squares
    from (select count(*) as k from ${schema}.wide group by ${names}, entitlement) as counted`;
  const ask = async (): Promise<Checksum> => {
    const [row] = await sql.unsafe(query);
    return { cells: row?.cells, grants: row?.grants, squares: row?.squares };
  };
  const best = await choosePlan(sql, query, ask);
  await sql.unsafe(best);
  const { ms, last } = await measureTime(runs, ask);
  return { ms, sum: last };
}

/** The setting with the faster plan; not measured if both plans are the same. */
async function choosePlan(sql: Client, query: string, ask: () => Promise<unknown>) {
  const plans = new Map<string, string>();
  for (const setting of planSettings) {
    await sql.unsafe(setting);
    const lines = await sql.unsafe(`explain (costs off) ${query}`);
    const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
    if (!plans.has(plan)) plans.set(plan, setting);
  }
  const [first = '', ...others] = plans.values();
  if (others.length === 0) return first;
  const timings: { ms: number; setting: string }[] = [];
  for (const setting of plans.values()) {
    await sql.unsafe(setting);
    timings.push({ ms: (await measureTime(1, ask)).ms, setting });
  }
  return timings.reduce((best, one) => (one.ms < best.ms ? one : best)).setting;
}
