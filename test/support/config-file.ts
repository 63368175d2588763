import { applyConfigFile, planConfigFile } from '../../src/governance/config-file/apply.ts';
import type { Ctx } from '../../src/governance/context.ts';

const linesOf = (planned: Awaited<ReturnType<typeof planConfigFile>>) =>
  'lines' in planned
    ? planned.lines
    : planned.problems.map((one) => `${one.line}:${one.column} ${one.value}: ${one.message}`);

/** The changes that a file would make, or what is wrong with it, a line each. */
export const planLines = async (ctx: Ctx, text: string) => linesOf(await planConfigFile(ctx, text));
/** The changes that a file made, or what is wrong with it, a line each. */
export const applyLines = async (ctx: Ctx, text: string) =>
  linesOf(await applyConfigFile(ctx, text));
