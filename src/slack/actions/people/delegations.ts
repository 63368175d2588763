import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  endDelegation,
  listDelegations,
  setDelegate,
} from '../../../governance/delegations/delegations.ts';
import { rolesHave } from '../../../governance/permissions.ts';
import { endOfDay, startOfDay } from '../../../governance/wording/calendar-days.ts';
import { openModal, updateModal } from '../../answers.ts';
import { say } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { delegationView } from '../../blocks/people/delegation.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** The form with how things are now; a Super Admin may choose for anybody. */
export async function delegationForm(ctx: ActorCtx): Promise<ModalView> {
  const isForAnyone = rolesHave(ctx.actor.roles, 'delegateForAnyone');
  const { personId: id, name } = ctx.actor;
  return delegationView({
    delegations: await listDelegations(ctx),
    whose: isForAnyone ? { id, name } : undefined,
  });
}

export function listenToDelegations(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.delegateOpen, async ({ ctx, client, triggerId }) => {
    await openModal(client, triggerId, () => delegationForm(ctx));
  });

  onAction(app, deps, ids.delegateEnd, async ({ ctx, client, view, reply }) => {
    const text = await endDelegation(ctx, { personId: ctx.actor.personId });
    if (view?.type === 'modal') return updateModal(client, view.id, await delegationForm(ctx));
    await reply({ text: say(text) });
  });

  onSubmit(
    app,
    deps,
    ids.delegateSubmit,
    'delegate',
    async ({ ctx, view }) => {
      const { values } = view.state;
      const whose = fieldOf(values, 'person')?.selected_option?.value;
      const from = fieldOf(values, 'from')?.selected_date;
      const until = fieldOf(values, 'until')?.selected_date;
      const text = await setDelegate(ctx, {
        personId: whose ? Number(whose) : ctx.actor.personId,
        delegateId: Number(fieldOf(values, 'delegate')?.selected_option?.value),
        startsAt: from ? startOfDay(from) : undefined,
        endsAt: until ? endOfDay(until) : undefined,
      });
      return sentenceView('Delegate', say(text));
    },
    true,
  );
}
