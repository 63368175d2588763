import { applicationsPage } from '../actions/catalogue.ts';
import { openModal } from '../answers.ts';
import { openerMessage } from '../blocks/sentence.ts';
import { ids } from '../ids.ts';
import type { Call } from './rolemine.ts';

/** `/rolemine applications`: who answers for what, and what applies to it. */
export async function applications({ ctx, client, reply, triggerId }: Call): Promise<void> {
  // Read before a modal opens, so that a refusal is an answer and not a window.
  const view = await applicationsPage(ctx, 0);
  if (triggerId) return openModal(client, triggerId, async () => view);
  await reply(openerMessage('Applications and entitlements', 'Manage applications', ids.appList));
}
