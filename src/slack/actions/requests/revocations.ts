import type { App } from '@slack/bolt';
import { Refusal } from '../../../errors.ts';
import { findAssignable } from '../../../governance/people/person-search.ts';
import {
  findAccessOf,
  proposeRevocation,
  readGrant,
} from '../../../governance/requests/revoke-access.ts';
import { openModal, updateModal } from '../../answers.ts';
import { option, personOption } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { revokeView } from '../../blocks/requests/revoke.ts';
import { carried, ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

export function listenToRevocations(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.revokeOpen, async ({ client, triggerId }) => {
    await openModal(client, triggerId, async () => revokeView({}));
  });

  onAction(app, deps, ids.revokeThis, async ({ ctx, client, value, triggerId, view }) => {
    const [personId, entitlementId] = value.split('.').map(Number);
    const draw = async () =>
      revokeView(
        await readGrant(ctx, { personId: personId ?? 0, entitlementId: entitlementId ?? 0 }),
      );
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onAction(app, deps, ids.revokePerson, async ({ client, value, view }) => {
    await updateModal(client, view?.id, revokeView({ person: { id: Number(value) } }));
  });

  onSearch(app, deps, ids.revokePerson, async (ctx, query) =>
    (await findAssignable(ctx, query, false)).map(personOption),
  );

  onSearch(app, deps, ids.revokeEntitlement, async (ctx, query, actionId) =>
    (await findAccessOf(ctx, Number(carried(actionId)), query)).map((one) =>
      option(`${one.app} · ${one.name}`, String(one.id)),
    ),
  );

  onSubmit(
    app,
    deps,
    ids.revokeSubmit,
    'reason',
    async ({ ctx, view }) => {
      const { values } = view.state;
      const chosen = fieldOf(values, 'entitlement')?.selected_option?.value;
      if (!chosen) throw new Refusal('invalid', 'Choose the person first, then what should go.');
      const task = await proposeRevocation(ctx, {
        personId: Number(fieldOf(values, 'person')?.selected_option?.value),
        entitlementId: Number(chosen),
        reason: fieldOf(values, 'reason')?.value ?? '',
      });
      const text = `The revocation is proposed as task #${task.id}. Nothing is taken away before it is confirmed; you get a message with its state.`;
      return sentenceView('Revoke access', text);
    },
    true,
  );
}
