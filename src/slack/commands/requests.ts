import { listAccessLike } from '../../governance/access/access-like.ts';
import { listAccessProfiles } from '../../governance/profiles/view.ts';
import { findAccessOf, readGrant } from '../../governance/requests/revoke-access.ts';
import { listMyRequests } from '../../governance/task-cards/my-requests.ts';
import { readFilling } from '../actions/requests/requests.ts';
import { answerRows } from '../actions/tasks/task-lists.ts';
import { openModal } from '../answers.ts';
import { escapeText } from '../blocks/kit/elements.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { profilesMessage } from '../blocks/profiles/profile-list.ts';
import { requestView } from '../blocks/requests/request.ts';
import { choiceMessage, requestLikeView } from '../blocks/requests/request-choice.ts';
import { revokeView } from '../blocks/requests/revoke.ts';
import { requestsMessage } from '../blocks/tasks/my-requests.ts';
import { ids } from '../ids.ts';
import { idButton } from '../state/records.ts';
import { grantButton, requestFilling } from '../state/requests.ts';
import type { CommandCall } from './call.ts';
import { findNamedPerson } from './people.ts';
import { parseRequestWords, readRequestWords } from './request-words.ts';

/** `/rolemine request`, with words `request figma editor for @jane until 2027-01-31`, or `request like @jane`. */
export async function openRequest(call: CommandCall): Promise<void> {
  const { ctx, client, triggerId, reply, rest } = call;
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  const like = /^(?:like|as) (.+)$/i.exec(rest)?.[1];
  if (like) return openRequestLike(call, like);
  const meant = rest === '' ? undefined : await readRequestWords(call);
  if (meant && meant.entitlements.length !== 1) return reply(choiceMessage(meant, rest));
  const filling = meant && (await readFilling(ctx, meant));
  if (triggerId) {
    return openModal({ client, triggerId }, async () => requestView({ me, ...filling }));
  }
  const [only] = meant?.entitlements ?? [];
  const text = only ? `Request ${escapeText(only.name)}.` : 'Request access to an entitlement.';
  const value = requestFilling.encode({
    personId: meant?.personId,
    lastDay: meant?.lastDay,
    entitlementIds: only ? [only.id] : [],
  });
  await reply(openerMessage(text, 'Request access', ids.requestOpen, value));
}

async function openRequestLike(call: CommandCall, words: string): Promise<void> {
  const { ctx, client, triggerId, reply } = call;
  const personId = await findNamedPerson(call, words);
  const like = await listAccessLike(ctx, personId);
  if (triggerId) return openModal({ client, triggerId }, async () => requestLikeView(like));
  const text = `See which access of ${escapeText(like.person.name)} you can request.`;
  const value = idButton.encode(personId);
  await reply(openerMessage(text, 'Choose access', ids.requestLike, value));
}

export async function showRequests({ ctx, reply }: CommandCall): Promise<void> {
  await reply(requestsMessage(await listMyRequests(ctx, answerRows.requests)));
}

/** `/rolemine revoke`, or with words `revoke github admin from @bo`. */
export async function openRevocation(call: CommandCall): Promise<void> {
  const { ctx, client, triggerId, reply, rest } = call;
  const { what, who } = parseRequestWords(rest, 'from');
  const personId = who ? await findNamedPerson(call, who) : undefined;
  const found = personId === undefined ? [] : await findAccessOf(ctx, personId, what);
  const [only, ...others] = found;
  if (personId !== undefined && only && others.length === 0) {
    const grant = { personId, entitlementId: only.id };
    const filled = await readGrant(ctx, grant);
    if (triggerId) return openModal({ client, triggerId }, async () => revokeView(filled));
    const text = `Revoke ${escapeText(filled.entitlement.name)} from ${escapeText(filled.person.name)}.`;
    const value = grantButton.encode(grant);
    return reply(openerMessage(text, 'Revoke access', ids.revokeThis, value));
  }
  if (triggerId) return openModal({ client, triggerId }, async () => revokeView({}));
  await reply(openerMessage('Propose to revoke access.', 'Revoke access', ids.revokeOpen));
}

/** `/rolemine profiles` lists access profiles, with words only those that match. */
export async function showProfiles({ ctx, reply, rest }: CommandCall): Promise<void> {
  const found = await listAccessProfiles(ctx, { words: rest, archived: false, page: 0 });
  await reply(profilesMessage(found));
}
