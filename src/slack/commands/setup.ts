import { loadSetup } from '../../governance/people/setup.ts';
import { claimSetup } from '../../governance/people/slack-accounts.ts';
import { readGuardWarnings } from '../../governance/policies/guard-warnings.ts';
import { setupMessage } from '../blocks/people/setup.ts';
import { createActorCtx, fetchSlackUser } from '../people.ts';
import type { CommandCall } from './call.ts';

/** Makes the first Super Admin and shows the next steps. */
export async function runSetup({ deps, client, ctx, userId, reply }: CommandCall): Promise<void> {
  const { isWorkspaceAdmin } = await fetchSlackUser(deps, client, userId);
  const isNew = await claimSetup(ctx, deps.adminEmail, isWorkspaceAdmin);
  // The new role is not in the context of the call.
  const admin = isNew ? await createActorCtx(deps, client, { userId, teamId: deps.teamId }) : ctx;
  await reply(setupMessage(await loadSetup(admin), isNew, await readGuardWarnings(admin)));
}
