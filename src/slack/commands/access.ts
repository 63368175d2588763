import { Refusal } from '../../errors.ts';
import { viewEntitlementAccess, viewPersonAccess } from '../../governance/access/holdings.ts';
import {
  findMentioned,
  findPeopleByNameOrEmail,
  findViewableEntitlements,
} from '../../governance/access/search.ts';
import { openModal } from '../answers.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { accessSearchView, accessView, choiceMessage } from '../blocks/requests/access-views.ts';
import { ids } from '../ids.ts';
import { fetchSlackUser } from '../people.ts';
import type { CommandCall } from './call.ts';
import { mentionedUser } from './parse.ts';

/** `/rolemine person @ana`: what one person holds. */
export async function showPerson(call: CommandCall): Promise<void> {
  const { ctx, client, triggerId, reply, rest } = call;
  if (!rest) {
    if (triggerId) return openModal(client, triggerId, async () => accessSearchView('person'));
    return reply(openerMessage('Whose access?', 'Choose a person', ids.accessPersonOpen));
  }
  const found = await findMeant(call);
  const [first] = found;
  if (!first) {
    throw new Refusal(
      'missing',
      `Nobody here is called “${rest.slice(0, 80)}”. Write a name, an e-mail address or a mention.`,
    );
  }
  if (found.length > 1 || !triggerId) {
    const choices = found.map(({ id, name, jobTitle, department }) => ({
      id,
      name,
      about: [jobTitle, department].filter(Boolean).join(', '),
    }));
    return reply(choiceMessage('person', choices));
  }
  // Read before a modal opens, so that a refusal is an answer and not a window.
  const view = accessView('person', await viewPersonAccess(ctx, first.id));
  await openModal(client, triggerId, async () => view);
}

async function findMeant({ deps, client, ctx, rest }: CommandCall) {
  const userId = mentionedUser(rest);
  if (!userId) return findPeopleByNameOrEmail(ctx, rest);
  const mentioned = await findMentioned(ctx, await fetchSlackUser(deps, client, userId));
  return mentioned ? [mentioned] : [];
}

/** `/rolemine entitlement github admin`: who holds it. */
export async function showEntitlement({
  ctx,
  client,
  triggerId,
  reply,
  rest,
}: CommandCall): Promise<void> {
  if (!rest) {
    if (triggerId) return openModal(client, triggerId, async () => accessSearchView('entitlement'));
    return reply(openerMessage('Who holds what?', 'Choose', ids.accessEntitlementOpen));
  }
  const found = await findViewableEntitlements(ctx, rest);
  const [first] = found;
  if (!first) {
    throw new Refusal(
      'missing',
      `There is no entitlement “${rest.slice(0, 80)}” of which you can see who holds it. Type \`/rolemine entitlement\` to search.`,
    );
  }
  if (found.length > 1 || !triggerId) {
    const choices = found.map(({ id, app, name, description }) => ({
      id,
      name: `${app} · ${name}`,
      about: description ?? '',
    }));
    return reply(choiceMessage('entitlement', choices));
  }
  const view = accessView('entitlement', await viewEntitlementAccess(ctx, first.id));
  await openModal(client, triggerId, async () => view);
}
