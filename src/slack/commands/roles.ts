import { findUsers, readUserRoles } from '../../governance/people/role-assignments.ts';
import { openModal } from '../answers.ts';
import { rolesView, usersMessage } from '../blocks/people/users.ts';
import type { CommandCall } from './call.ts';
import { findNamedPerson } from './people.ts';

/** `/rolemine roles` lists people with roles. With a mention, name or address it shows one person. */
export async function showRoles(call: CommandCall): Promise<void> {
  const { ctx, client, reply, rest, triggerId } = call;
  if (rest === '') {
    const page = await findUsers(ctx, { words: '', onlyWithRoles: true, page: 0 });
    return reply(usersMessage({ ...page, page: 0 }));
  }
  const user = await readUserRoles(ctx, await findNamedPerson(call, rest));
  if (triggerId) return openModal({ client, triggerId }, async () => rolesView(user));
  await reply(usersMessage({ users: [user], total: 1, page: 0, pages: 1 }));
}
