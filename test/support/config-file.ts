import { applyConfigFile, planConfigFile } from '../../src/governance/config-file/apply.ts';
import type { Ctx } from '../../src/governance/context.ts';

const linesOf = (planned: Awaited<ReturnType<typeof planConfigFile>>) =>
  'lines' in planned
    ? planned.lines
    : planned.problems.map((one) => `${one.line}:${one.column} ${one.value}: ${one.message}`);

/** Plans a configuration file. @returns its changes, or else its problems, as lines. */
export const planLines = async (ctx: Ctx, text: string) => linesOf(await planConfigFile(ctx, text));
/** Applies a configuration file. @returns its changes, or else its problems, as lines. */
export const applyLines = async (ctx: Ctx, text: string) =>
  linesOf(await applyConfigFile(ctx, text));
