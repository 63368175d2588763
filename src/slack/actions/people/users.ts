import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  changeRoles,
  findUsers,
  readUserRoles,
} from '../../../governance/people/role-assignments.ts';
import { escapeText, recordOption } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { rolesView, usersView } from '../../blocks/people/users.ts';
import { readChoices } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { roleOption, rolesForm } from '../../state/people.ts';
import { idButton, idOption, pageButton } from '../../state/records.ts';
import { openOnTop, redrawOrOpen } from '../../windows.ts';

/** Registers *Manage users*: the roles of people and their changes. */
export function listenToUsers(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.userList, showUsers);
  onSearch(app, deps, ids.userSearch, searchUsers);
  onAction(app, deps, ids.userRoles, (click) => openRoles(click, idButton.decode(click.value)));
  onAction(app, deps, ids.userSearch, (click) => openRoles(click, idOption.decode(click.value)));
  onSubmit(app, deps, { id: ids.userSave, field: 'roles', handle: submitRoles });
}

/** Shows the people with roles beyond Basic User. */
async function showUsers(click: Click): Promise<void> {
  const page = pageButton.decode(click.value);
  await redrawOrOpen(click, async () => {
    const found = await findUsers(click.ctx, { words: '', onlyWithRoles: true, page });
    return usersView({ ...found, page });
  });
}

async function searchUsers(ctx: ActorCtx, words: string) {
  const { users } = await findUsers(ctx, { words, onlyWithRoles: false, page: 0, size: 50 });
  return users.map((user) => recordOption(user, `${user.words} · ${user.about}`));
}

async function openRoles(click: Click, personId: number): Promise<void> {
  await openOnTop(click, async () => rolesView(await readUserRoles(click.ctx, personId)));
}

async function submitRoles({ ctx, view }: Submission) {
  const { personId, roles: before } = rolesForm.decode(view.private_metadata);
  const roles = readChoices(view.state.values, 'roles', roleOption) ?? [];
  const { person, words, isChanged } = await changeRoles(ctx, { personId, roles, before });
  const has = `${escapeText(person.name)} ${isChanged ? 'now has' : 'has'} the ${roles.length > 1 ? 'roles' : 'role'} ${words}`;
  const text = isChanged ? `${has} and was notified.` : `Nothing changed: ${has}.`;
  return sentenceView('Change role', text);
}
