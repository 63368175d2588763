import { listAccessProfiles } from '../../governance/profiles/view.ts';
import { listMyRequests } from '../../governance/task-cards/my-requests.ts';
import { openModal } from '../answers.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { profilesMessage } from '../blocks/profiles/profile-list.ts';
import { requestView } from '../blocks/requests/request.ts';
import { revokeView } from '../blocks/requests/revoke.ts';
import { requestsMessage } from '../blocks/tasks/my-requests.ts';
import { ids } from '../ids.ts';
import type { CommandCall } from './call.ts';

/** A message lists this many requests. Its modal shows the rest. */
const maxRequests = 8;

export async function openRequest({ ctx, client, triggerId, reply }: CommandCall): Promise<void> {
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  if (triggerId) return openModal({ client, triggerId }, async () => requestView({ me }));
  await reply(
    openerMessage('Request access to an entitlement.', 'Request access', ids.requestOpen),
  );
}

export async function showRequests({ ctx, reply }: CommandCall): Promise<void> {
  await reply(requestsMessage(await listMyRequests(ctx, maxRequests)));
}

export async function openRevocation({ client, triggerId, reply }: CommandCall): Promise<void> {
  if (triggerId) return openModal({ client, triggerId }, async () => revokeView({}));
  await reply(openerMessage('Propose to revoke access.', 'Revoke access', ids.revokeOpen));
}

/** `/rolemine profiles` lists access profiles, with words only those that match. */
export async function showProfiles({ ctx, reply, rest }: CommandCall): Promise<void> {
  const found = await listAccessProfiles(ctx, { words: rest, archived: false, page: 0 });
  await reply(profilesMessage(found));
}
