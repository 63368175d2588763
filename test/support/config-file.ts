import { eq } from 'drizzle-orm';
import { applyConfigFile, planConfigFile } from '../../src/governance/config-file/apply.ts';
import type { Ctx } from '../../src/governance/context.ts';
import { removePolicies } from '../../src/store/config.ts';
import type { Db } from '../../src/store/db.ts';
import { policies } from '../../src/store/schema/tasks.ts';
import { emptyTables } from './empty-tables.ts';

/** The tables emptied, and the policies gone that did not come with Rolemine. */
export async function emptyConfiguration(db: Db): Promise<void> {
  await emptyTables(db);
  const own = await db.select().from(policies).where(eq(policies.builtIn, false));
  await removePolicies(
    db,
    own.map(({ id }) => id),
  );
}

const linesOf = (planned: Awaited<ReturnType<typeof planConfigFile>>) =>
  'lines' in planned
    ? planned.lines
    : planned.problems.map((one) => `${one.line}:${one.column} ${one.value}: ${one.message}`);

/** The changes that a file would make, or what is wrong with it, a line each. */
export const planLines = async (ctx: Ctx, text: string) => linesOf(await planConfigFile(ctx, text));
/** The changes that a file made, or what is wrong with it, a line each. */
export const applyLines = async (ctx: Ctx, text: string) =>
  linesOf(await applyConfigFile(ctx, text));
