import type { Ctx } from '../governance/context.ts';
import { describeStore, type Workspace } from '../governance/people/store-identity.ts';
import { listGuardWarnings } from '../governance/policies/guard-warnings.ts';
import type { Output } from '../jobs/command-socket.ts';
import { pingStore } from '../store/db.ts';
import { countPeople } from '../store/people/people.ts';
import type { StoreDeps } from './store-deps.ts';

export interface CheckArgs {
  hasTokens: boolean;
  /** The workspace of the tokens, where Slack has named it. */
  workspace?: Workspace;
}

/**
 * Checks the store for `rolemine doctor`, and says which one it is.
 * @returns the exit code.
 * @throws Refusal conflict: a start with these settings would be refused.
 */
export async function checkStore(
  { db }: StoreDeps,
  use: CheckArgs,
  output: Output,
): Promise<number> {
  await pingStore(db);
  const ctx: Ctx = { db, actor: undefined, via: 'cli', now: new Date() };
  const store = await describeStore(ctx, use);
  output.out(`connected; tables up to date; ${store}; ${await countPeople(db)} people`);
  for (const warning of await listGuardWarnings(ctx)) output.out(warning);
  return 0;
}
