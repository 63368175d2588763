import type { ModalView } from '@slack/web-api';
import { applicationsPage } from '../actions/catalog/catalog.ts';
import { policiesPage } from '../actions/policies/policies.ts';
import { openModal } from '../answers.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { ids } from '../ids.ts';
import { policyPageButton } from '../state/policies.ts';
import { pageButton } from '../state/records.ts';
import type { CommandCall } from './call.ts';

/** `/rolemine applications` */
export async function showApplications(call: CommandCall): Promise<void> {
  const opener = openerMessage(
    'Manage applications and their entitlements.',
    'Manage applications',
    ids.appList,
    pageButton.encode(0),
  );
  await openOrReply(call, await applicationsPage(call.ctx, 0), opener);
}

/** `/rolemine policies` */
export async function showPolicies(call: CommandCall): Promise<void> {
  const place = { kind: 'grant', page: 0 } as const;
  const opener = openerMessage(
    'Manage policies and the rules that choose one.',
    'Manage policies',
    ids.policyList,
    policyPageButton.encode(place),
  );
  await openOrReply(call, await policiesPage(call.ctx, place), opener);
}

/** @param view read before a modal opens, so that a refusal is an answer and not a modal. */
async function openOrReply(
  { client, reply, triggerId }: CommandCall,
  view: ModalView,
  opener: ReturnType<typeof openerMessage>,
): Promise<void> {
  if (triggerId) return openModal({ client, triggerId }, async () => view);
  await reply(opener);
}
