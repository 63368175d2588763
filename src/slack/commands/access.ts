import { Refusal } from '../../errors.ts';
import { viewEntitlementAccess, viewPersonAccess } from '../../governance/access/holdings.ts';
import { listOrphans } from '../../governance/access/orphans.ts';
import {
  findMentioned,
  findPeopleByNameOrEmail,
  findViewableEntitlements,
} from '../../governance/access/search.ts';
import { openModal } from '../answers.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { accessSearchView, accessView, matchesMessage } from '../blocks/requests/access-views.ts';
import { orphansView } from '../blocks/requests/orphans.ts';
import { ids } from '../ids.ts';
import { fetchSlackUser } from '../people.ts';
import { pageButton } from '../state/records.ts';
import type { CommandCall } from './call.ts';
import { parseMention } from './parse.ts';

/** `/rolemine person @ana` */
export async function showPerson(call: CommandCall): Promise<void> {
  const { ctx, client, triggerId, reply, rest } = call;
  if (!rest) {
    if (triggerId) return openModal({ client, triggerId }, async () => accessSearchView('person'));
    return reply(
      openerMessage('See the access of a person.', 'Choose person', ids.accessPersonOpen),
    );
  }
  const found = await findNamedPeople(call);
  const [first] = found;
  if (!first) {
    throw new Refusal(
      'missing',
      `There is nobody called “${rest.slice(0, 80)}”. Type a name, an e-mail address or a mention.`,
    );
  }
  if (found.length > 1 || !triggerId) {
    const choices = found.map(({ id, name, jobTitle, department }) => ({
      id,
      name,
      about: [jobTitle, department].filter(Boolean).join(', '),
    }));
    return reply(matchesMessage('person', choices));
  }
  // Read before a modal opens, so that a refusal is an answer and not a modal.
  const view = accessView('person', await viewPersonAccess(ctx, first.id));
  await openModal({ client, triggerId }, async () => view);
}

async function findNamedPeople({ deps, client, ctx, rest }: CommandCall) {
  if (/^(me|myself)$/i.test(rest)) {
    const { personId: id, name } = ctx.actor;
    return [{ id, name, jobTitle: null, department: null }];
  }
  const userId = parseMention(rest);
  if (!userId) return findPeopleByNameOrEmail(ctx, rest);
  const mentioned = await findMentioned(ctx, await fetchSlackUser(deps, client, userId));
  return mentioned ? [mentioned] : [];
}

/** `/rolemine entitlement github admin` */
export async function showEntitlement({
  ctx,
  client,
  triggerId,
  reply,
  rest,
}: CommandCall): Promise<void> {
  if (!rest) {
    if (triggerId)
      return openModal({ client, triggerId }, async () => accessSearchView('entitlement'));
    return reply(
      openerMessage(
        'See the holders of an entitlement.',
        'Choose entitlement',
        ids.accessEntitlementOpen,
      ),
    );
  }
  const found = await findViewableEntitlements(ctx, rest);
  const [first] = found;
  if (!first) {
    throw new Refusal(
      'missing',
      `“${rest.slice(0, 80)}” was not found among the entitlements whose holders you may see. Type \`/rolemine entitlement\` to search.`,
    );
  }
  if (found.length > 1 || !triggerId) {
    const choices = found.map(({ id, app, name, description }) => ({
      id,
      name: `${app} · ${name}`,
      about: description ?? '',
    }));
    return reply(matchesMessage('entitlement', choices));
  }
  const view = accessView('entitlement', await viewEntitlementAccess(ctx, first.id));
  await openModal({ client, triggerId }, async () => view);
}

/** `/rolemine orphans` lists the accounts of people who are not here. */
export async function showOrphans({ ctx, client, triggerId, reply }: CommandCall): Promise<void> {
  // Read before a modal opens, so that a refusal is an answer and not a modal.
  const view = orphansView(await listOrphans(ctx, 0));
  if (triggerId) return openModal({ client, triggerId }, async () => view);
  await reply(
    openerMessage(
      'See the accounts of people who are not here.',
      'Orphaned accounts',
      ids.orphanList,
      pageButton.encode(0),
    ),
  );
}
