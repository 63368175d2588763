import { Refusal } from '../errors.ts';
import type { Ctx } from '../governance/context.ts';
import { leaveSandbox } from '../governance/people/leave-sandbox.ts';
import { formatCount } from '../governance/wording/counts.ts';
import type { Output } from '../jobs/command-socket.ts';
import type { DroppedData } from '../store/identity/sandbox-data.ts';
import type { StoreDeps } from './store-deps.ts';

export interface LeaveSandboxArgs {
  dryRun: boolean;
}

/**
 * Ends the demo, so that the store can be used with Slack tokens.
 * @returns the exit code.
 * @throws Refusal conflict: the store is no demo, or the sandbox is running on it.
 */
export async function runLeaveSandbox(
  { db, wake }: StoreDeps,
  { dryRun }: LeaveSandboxArgs,
  output: Output,
): Promise<number> {
  assertStopped(wake, 'rolemine leave-sandbox');
  const ctx: Ctx = { db, actor: undefined, via: 'cli', now: new Date() };
  const dropped = await leaveSandbox(ctx, { dryRun });
  for (const line of describeDropped(dropped)) output.out(line);
  output.out(
    dryRun
      ? 'Dry run: nothing was written.'
      : 'The store now takes the first Slack workspace that connects. Import your files again: owners and settings of entitlements come from them. Then set ADMIN_EMAIL or run `/rolemine setup`.',
  );
  return 0;
}

/** Only a running app wakes its jobs. @throws Refusal conflict: the app runs on the store. */
export function assertStopped(wake: StoreDeps['wake'], command: string): void {
  if (!wake) return;
  throw new Refusal(
    'conflict',
    `Rolemine is running on this store. Stop it, and then run "${command}" again.`,
  );
}

/** Lists the dropped rows of each kind. */
function describeDropped(dropped: DroppedData): string[] {
  const { people, grants, entitlements, slackLinks, roles, tasks, profiles } = dropped;
  return [
    `made-up people: ${formatCount(people, 'person', 'people')}, ${formatCount(grants, 'grant')}, ${formatCount(entitlements, 'entitlement')} dropped`,
    `decisions of the sandbox: ${formatCount(roles, 'role')}, ${formatCount(tasks, 'task')}, ${formatCount(profiles, 'access profile')} and all policies and rules dropped`,
    `Slack: ${formatCount(slackLinks, 'link')} dropped`,
  ];
}
