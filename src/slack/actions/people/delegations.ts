import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  endDelegation,
  listDelegations,
  setDelegate,
} from '../../../governance/delegations/delegations.ts';
import { hasPermission } from '../../../governance/permissions.ts';
import { openModal, updateModal } from '../../answers.ts';
import { escapeText } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { delegationView } from '../../blocks/people/delegation.ts';
import { readChoice, readDay, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idOption } from '../../state/records.ts';

/** The form with the current delegations. A Super Admin may choose for anybody. */
export async function delegationForm(ctx: ActorCtx): Promise<ModalView> {
  const isForAnyone = hasPermission(ctx.actor.roles, 'delegateForAnyone');
  const { personId: id, name } = ctx.actor;
  return delegationView({
    delegations: await listDelegations(ctx),
    delegator: isForAnyone ? { id, name } : undefined,
  });
}

export function listenToDelegations(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.delegateOpen, openDelegationForm);
  onAction(app, deps, ids.delegateEnd, endOwnDelegation);
  onSubmit(app, deps, {
    id: ids.delegateSubmit,
    field: 'delegate',
    handle: submitDelegate,
    isCorrectable: true,
  });
}

async function openDelegationForm({ ctx, client, triggerId }: Click): Promise<void> {
  await openModal({ client, triggerId }, () => delegationForm(ctx));
}

async function endOwnDelegation({ ctx, client, view, reply }: Click): Promise<void> {
  const text = await endDelegation(ctx, { personId: ctx.actor.personId });
  if (view?.type === 'modal') return updateModal(client, view.id, await delegationForm(ctx));
  await reply({ text: escapeText(text) });
}

async function submitDelegate({ ctx, view }: Submission) {
  const { values } = view.state;
  const text = await setDelegate(ctx, {
    personId: readChoice(values, 'person', idOption) ?? ctx.actor.personId,
    delegateId: requireChoice(values, 'delegate', idOption),
    from: readDay(values, 'from'),
    until: readDay(values, 'until'),
  });
  return sentenceView('Delegate', escapeText(text));
}
