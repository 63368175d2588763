import { loadSetup } from '../../governance/people/setup.ts';
import { claimSetup } from '../../governance/people/slack-accounts.ts';
import { setupMessage } from '../blocks/people/setup.ts';
import { ctxFor, readUser } from '../people.ts';
import type { Call } from './call.ts';

/** The first Super Admin, and what comes next. */
export async function runSetup({ deps, client, ctx, userId, reply }: Call): Promise<void> {
  const { isWorkspaceAdmin } = await readUser(deps, client, userId);
  const isNew = await claimSetup(ctx, deps.adminEmail, isWorkspaceAdmin);
  // The role they have got just now is read with them.
  const admin = isNew ? await ctxFor(deps, client, { userId, teamId: deps.teamId }) : ctx;
  await reply(setupMessage(await loadSetup(admin), isNew));
}
