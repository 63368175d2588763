import { applyConfigFile, planConfigFile } from '../governance/config-file/apply.ts';
import { exportConfig } from '../governance/config-file/export.ts';
import type { ConfigProblem } from '../governance/config-file/read.ts';
import type { Ctx } from '../governance/context.ts';
import type { ReconciledRules } from '../governance/role-rules/reconcile.ts';
import { formatCount } from '../governance/wording/counts.ts';
import type { Output } from '../jobs/command-socket.ts';
import type { StoreDeps } from './store-deps.ts';

export type ConfigArgs =
  | {
      action: 'check' | 'plan' | 'apply';
      /** The name of the file in messages. */
      file: string;
      text: string;
    }
  | { action: 'export' };

/**
 * Compares a configuration file with the store, applies it, or exports one.
 * @returns the exit code.
 */
export async function runConfigCommand(
  { db, timeZone, wake, operator }: StoreDeps,
  args: ConfigArgs,
  output: Output,
): Promise<number> {
  const ctx: Ctx = { db, actor: undefined, via: 'cli', operator, now: new Date(), timeZone, wake };
  if (args.action === 'export') {
    output.out((await exportConfig(ctx)).trimEnd());
    return 0;
  }
  const { action, file, text } = args;
  const planned =
    action === 'apply' ? await applyConfigFile(ctx, text) : await planConfigFile(ctx, text);
  if ('lines' in planned) {
    for (const warning of planned.warnings) output.err(`warning: ${formatProblem(file, warning)}`);
    printChanges(action, file, planned.lines, output);
    if (planned.followed) printReconciled(planned.followed, output);
  } else printProblems(file, planned.problems, output);
  return 'lines' in planned ? 0 : 1;
}

function printChanges(
  action: 'check' | 'plan' | 'apply',
  file: string,
  lines: readonly string[],
  output: Output,
): void {
  const changes = formatCount(lines.length, 'change');
  if (action === 'check') {
    const effect = lines.length === 0 ? 'change nothing' : `make ${changes}`;
    output.out(`${file} is valid. Applying it now would ${effect}.`);
    return;
  }
  for (const line of lines) output.out(line);
  if (lines.length === 0) output.out('No changes.');
  else if (action === 'apply') output.out(`${changes} made.`);
  else output.out(`Plan: ${changes}. Nothing was written.`);
}

function printReconciled(reconciled: ReconciledRules, output: Output): void {
  const parts = [
    [reconciled.opened, 'to provision'],
    [reconciled.requested, 'requested'],
    [reconciled.lapsed, 'in the grace period'],
    [reconciled.heldRemovals, 'unchanged until confirmed, since many would lose access'],
  ] as const;
  const counts = parts.flatMap(([number, words]) =>
    number > 0 ? [`${number.toLocaleString('en')} ${words}`] : [],
  );
  if (counts.length > 0) output.out(`Grants affected by these rules: ${counts.join(', ')}.`);
  for (const reason of reconciled.skipped) output.err(`warning: ${reason}`);
}

const maxProblems = 200;

function printProblems(file: string, problems: readonly ConfigProblem[], output: Output): void {
  for (const problem of problems.slice(0, maxProblems)) output.err(formatProblem(file, problem));
  if (problems.length > maxProblems) output.err(`and ${problems.length - maxProblems} more`);
  output.err(`${formatCount(problems.length, 'problem')} in ${file}; nothing was changed.`);
}

function formatProblem(file: string, { line, column, key, value, message }: ConfigProblem): string {
  const about = [key, value && shorten(value)].filter((part) => part !== undefined).join(' ');
  return `${[`${file}:${line}:${column}`, about].filter(Boolean).join(' ')}: ${message}`;
}

const shorten = (value: string) => (value.length > 80 ? `${value.slice(0, 80)}…` : value);
