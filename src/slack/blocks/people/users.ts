import type { KnownBlock, ModalView } from '@slack/web-api';
import type { UserRow } from '../../../governance/people/role-assignments.ts';
import { roleNames } from '../../../governance/permissions.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { roleOption, rolesForm } from '../../state/people.ts';
import { idButton, pageButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  escapeText,
  option,
  plainText,
  section,
} from '../kit/elements.ts';
import { inputBlock, searchBlock } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** A page of *Manage users*. */
interface UserPage {
  users: readonly UserRow[];
  total: number;
  page: number;
  pages: number;
}

/** The roles in the order of the form, with their descriptions. */
const roleRows: [role: keyof typeof roleNames, description: string][] = [
  ['access_request_helpdesk', 'Requests access for anyone, proposes revocations'],
  ['access_request_admin', 'The same, and manages access profiles'],
  ['campaign_admin', 'Creates and manages access reviews'],
  ['connector_admin', 'Views and manages connectors'],
  ['super_admin', 'Everything, including role mining and users'],
];

/** The people with roles, and a button for everybody else. */
export function usersMessage(page: UserPage): SlackMessage {
  const text = `${formatCount(page.total, 'person has', 'people have')} roles beyond Basic User`;
  return {
    text,
    blocks: [
      section(bold(text)),
      ...page.users.map(userRow),
      actions('users', [
        button('Manage users', ids.userList, pageButton.encode(0), { style: 'primary' }),
      ]),
    ],
  };
}

/** The people with roles, page by page, and a search for everybody else. */
export function usersView({ users, total, page, pages }: UserPage): ModalView {
  return {
    type: 'modal',
    title: plainText('Manage users', 24),
    close: plainText('Close', 24),
    blocks: [
      searchBlock(
        'users.search',
        'Everybody is a Basic User. Find a person to change their roles:',
        ids.userSearch,
        'Search by name, e-mail or title',
      ),
      divider,
      context(
        `${formatCount(total, 'person has', 'people have')} roles · page ${page + 1} of ${pages}`,
      ),
      ...users.map(userRow),
      ...pagingBlocks(ids.userList, { page, pages }),
    ],
  };
}

function userRow({ id, name, about, words, slack }: UserRow): KnownBlock {
  const reach = slack ? ` · ${escapeText(slack)}` : '';
  return {
    ...section(`${bold(name)}  ${escapeText(words)}\n${escapeText(about)}${reach}`),
    accessory: button('Change role', `${ids.userRoles}.${id}`, idButton.encode(id), {
      label: `Change role of ${name}`,
    }),
  };
}

/** A form for the roles of one person. */
export function rolesView(user: UserRow): ModalView {
  // There are no access reviews yet, so only people who have their role see it.
  const rows = roleRows.filter(([role]) => role !== 'campaign_admin' || user.roles.includes(role));
  const options = rows.map(([role, description]) =>
    option(roleNames[role], roleOption.encode(role), description),
  );
  const chosen = options.filter((_, at) => user.roles.some((role) => role === rows[at]?.[0]));
  return {
    type: 'modal',
    callback_id: ids.userSave,
    private_metadata: rolesForm.encode({ personId: user.id, roles: user.roles }),
    title: plainText('Change role', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      section(`${bold(user.name)}\n${escapeText(user.about)}`),
      inputBlock(
        `roles.${user.id}`,
        'Additional roles',
        {
          type: 'checkboxes',
          action_id: 'roles',
          options,
          ...(chosen.length > 0 ? { initial_options: chosen } : {}),
        },
        { hint: 'Roles add up. The person is notified of the change.', optional: true },
      ),
    ],
  };
}
