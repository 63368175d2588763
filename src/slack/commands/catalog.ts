import type { ModalView } from '@slack/web-api';
import { applicationsPage } from '../actions/catalog/catalog.ts';
import { policiesPage } from '../actions/policies/policies.ts';
import { openModal } from '../answers.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { ids } from '../ids.ts';
import type { CommandCall } from './call.ts';

/** `/rolemine applications`: who answers for what, and what applies to it. */
export async function showApplications(call: CommandCall): Promise<void> {
  const opener = openerMessage('Applications and entitlements', 'Manage applications', ids.appList);
  await show(call, await applicationsPage(call.ctx, 0), opener);
}

/** `/rolemine policies`: who decides about what, and in which order. */
export async function showPolicies(call: CommandCall): Promise<void> {
  const opener = openerMessage('Policies and rules', 'Manage policies', ids.policyList);
  await show(call, await policiesPage(call.ctx, 'grant.0'), opener);
}

/** @param view read before a modal opens, so that a refusal is an answer and not a window. */
async function show(
  { client, reply, triggerId }: CommandCall,
  view: ModalView,
  opener: ReturnType<typeof openerMessage>,
): Promise<void> {
  if (triggerId) return openModal(client, triggerId, async () => view);
  await reply(opener);
}
