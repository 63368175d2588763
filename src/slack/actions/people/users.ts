import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  changeRoles,
  findUsers,
  readUserRoles,
} from '../../../governance/people/role-assignments.ts';
import { openModal, updateModal } from '../../answers.ts';
import { option, say } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { rolesView, usersView } from '../../blocks/people/users.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** *Manage users*: who has which roles, and changing them. */
export function listenToUsers(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.userList, async ({ ctx, client, value, triggerId, view }) => {
    const draw = () => usersPage(ctx, Number(value));
    if (view?.type === 'modal') await updateModal(client, view.id, await draw());
    else await openModal(client, triggerId, draw);
  });

  onSearch(app, deps, ids.userSearch, async (ctx, words) => {
    const { users } = await findUsers(ctx, { words, onlyWithRoles: false, page: 0, size: 50 });
    return users.map(({ id, name, about, words: roles }) =>
      option(name, String(id), `${roles} · ${about}`),
    );
  });

  for (const id of [ids.userRoles, ids.userSearch]) {
    onAction(app, deps, id, async ({ ctx, client, value, triggerId, view }) => {
      const draw = async () => rolesView(await readUserRoles(ctx, Number(value)));
      await openModal(client, triggerId, draw, view?.type === 'modal');
    });
  }

  onSubmit(app, deps, ids.userSave, 'roles', async ({ ctx, view }) => {
    const { id, roles: before } = JSON.parse(view.private_metadata);
    const chosen = fieldOf(view.state.values, 'roles')?.selected_options ?? [];
    const roles = chosen.map(({ value }) => value ?? '');
    const { person, words, isChanged } = await changeRoles(ctx, { personId: id, roles, before });
    const text = isChanged
      ? `${say(person.name)} is now ${words}, and is told so.`
      : `Nothing changed: ${say(person.name)} is ${words}.`;
    return sentenceView('Change role', text);
  });
}

/** Those who have roles beside Basic User. */
async function usersPage(ctx: ActorCtx, page: number) {
  return usersView({ ...(await findUsers(ctx, { words: '', onlyWithRoles: true, page })), page });
}
