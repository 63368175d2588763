import type { App, ViewOutput } from '@slack/bolt';
import { listMyAccess } from '../../../governance/access/my-access.ts';
import { suggestAccess } from '../../../governance/access/suggested-for-person.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { toEndDate } from '../../../governance/requests/end-date.ts';
import { peekExtension, requestExtension } from '../../../governance/requests/extend-access.ts';
import {
  findApplications,
  findEntitlements,
  requestAccess,
} from '../../../governance/requests/request-access.ts';
import { listMyRequests } from '../../../governance/task-cards/my-requests.ts';
import { endOfDay } from '../../../governance/wording/calendar-days.ts';
import { openModal, updateModal } from '../../answers.ts';
import { option } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { extendView } from '../../blocks/requests/extension.ts';
import { myAccessView } from '../../blocks/requests/my-access.ts';
import { entitlementOffer, requestedView, requestView } from '../../blocks/requests/request.ts';
import { requestsPage, requestsView } from '../../blocks/tasks/my-requests.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

export function listenToRequests(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.requestOpen, async ({ ctx, client, triggerId }) => {
    await openModal(client, triggerId, async () => requestForm(ctx, undefined));
  });

  const redrawing = [
    `${ids.personSearch}.request`,
    ids.requestApp,
    ids.requestDuration,
    ids.requestEmergency,
  ];
  for (const id of redrawing) {
    onAction(app, deps, id, async ({ ctx, client, view }) => {
      await updateModal(client, view?.id, requestForm(ctx, view));
    });
  }

  onSearch(app, deps, ids.requestApp, async (ctx, query) =>
    (await findApplications(ctx, query)).map(({ id, name }) => option(name, String(id))),
  );

  onSearch(app, deps, ids.requestEntitlement, async (ctx, query, _, view) => {
    const [person, application] = (view?.private_metadata ?? '').split('.').map(Number);
    const applicationId = application || undefined;
    const personId = person || ctx.actor.personId;
    const found = await findEntitlements(ctx, query, applicationId);
    const suggested = query.trim() === '' ? await suggestAccess(ctx, personId, applicationId) : [];
    return entitlementOffer(suggested, found, personId === ctx.actor.personId);
  });

  onSubmit(
    app,
    deps,
    ids.requestSubmit,
    'entitlement',
    async ({ ctx, view }) => {
      const { values } = view.state;
      const chosen = fieldOf(values, 'entitlement')?.selected_options ?? [];
      const until = toEndDate(
        fieldOf(values, 'until')?.selected_option?.value ?? '',
        fieldOf(values, 'last_day')?.selected_date ?? undefined,
        ctx.now,
      );
      const requested = await requestAccess(ctx, {
        personId: Number(fieldOf(values, 'person')?.selected_option?.value ?? ctx.actor.personId),
        entitlementIds: chosen.map(({ value }) => Number(value)),
        reason: fieldOf(values, 'reason')?.value ?? '',
        until,
        emergency: isTicked(values, 'emergency'),
      });
      return requestedView(requested, until);
    },
    true,
  );

  onAction(app, deps, ids.requestList, async ({ ctx, client, value, view, triggerId }) => {
    const draw = async () => requestsView(await listMyRequests(ctx, requestsPage, Number(value)));
    if (view?.type === 'modal') return updateModal(client, view.id, await draw());
    await openModal(client, triggerId, draw);
  });

  listenToAccess(app, deps);
}

/** What one holds: the whole list, and asking to keep until later what ends. */
function listenToAccess(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.accessList, async ({ ctx, client, value, view, triggerId }) => {
    const draw = async () => myAccessView(await listMyAccess(ctx), Number(value));
    if (view?.type === 'modal') return updateModal(client, view.id, await draw());
    await openModal(client, triggerId, draw);
  });

  onAction(app, deps, ids.accessExtend, async ({ ctx, client, value, view, triggerId }) => {
    await openModal(
      client,
      triggerId,
      async () => extendView(await peekExtension(ctx, Number(value))),
      view?.type === 'modal',
    );
  });

  onSubmit(
    app,
    deps,
    ids.accessExtendSubmit,
    'until',
    async ({ ctx, view }) => {
      const { values } = view.state;
      const task = await requestExtension(ctx, {
        entitlementId: Number(view.private_metadata),
        until: endOfDay(fieldOf(values, 'until')?.selected_date ?? ''),
        reason: fieldOf(values, 'reason')?.value ?? '',
      });
      return sentenceView(
        'Extend access',
        `Request #${task.id} is on its way. You keep the access as it is until it is decided or ends.`,
      );
    },
    true,
  );
}

/** The form as it has been filled in so far. */
function requestForm(ctx: ActorCtx, view: ViewOutput | undefined) {
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  const values = view?.state.values;
  if (!values) return requestView({ me });
  const chosen = (field: string) => fieldOf(values, field)?.selected_option?.value;
  return requestView({
    me,
    personId: Number(chosen('person')) || undefined,
    applicationId: Number(chosen('application')) || undefined,
    duration: chosen('until'),
    emergency: isTicked(values, 'emergency'),
  });
}

function isTicked(values: ViewOutput['state']['values'], field: string): boolean {
  return (fieldOf(values, field)?.selected_options ?? []).length > 0;
}
