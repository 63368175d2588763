import type { App } from '@slack/bolt';
import { findApplications, findEntitlements, requestAccess } from '../../governance/requests.ts';
import { openModal, updateModal } from '../answers.ts';
import { option, say } from '../blocks/elements.ts';
import { requestView, sentenceView } from '../blocks/request.ts';
import { carried, ids } from '../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../listen.ts';
import type { SlackDeps } from '../people.ts';

export function listenToRequests(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.requestOpen, async ({ ctx, client, triggerId }) => {
    const me = { id: ctx.actor.personId, name: ctx.actor.name };
    await openModal(client, triggerId, async () => requestView({ me }));
  });

  onAction(app, deps, ids.requestApp, async ({ ctx, client, value, view }) => {
    const me = { id: ctx.actor.personId, name: ctx.actor.name };
    const application = value ? { id: Number(value), name: '' } : undefined;
    await updateModal(client, view?.id, requestView({ me, application }));
  });

  onSearch(app, deps, ids.requestApp, async (ctx, query) =>
    (await findApplications(ctx, query)).map(({ id, name }) => option(name, String(id))),
  );

  onSearch(app, deps, ids.requestEntitlement, async (ctx, query, actionId) => {
    const within = Number(carried(actionId));
    const found = await findEntitlements(ctx, query, within > 0 ? within : undefined);
    return found.map((one) =>
      option(`${one.app} · ${one.name}`, String(one.id), one.description ?? undefined),
    );
  });

  onSubmit(
    app,
    deps,
    ids.requestSubmit,
    'entitlement',
    async ({ ctx, view }) => {
      const { values } = view.state;
      const task = await requestAccess(ctx, {
        entitlementId: Number(fieldOf(values, 'entitlement')?.selected_option?.value),
        personId: Number(fieldOf(values, 'person')?.selected_option?.value ?? ctx.actor.personId),
        reason: fieldOf(values, 'reason')?.value ?? '',
      });
      const text = `Request #${task.id} is on its way. You get a message with its state; ${say('"My requests"')} in my Home tab shows it, too.`;
      return sentenceView('Request access', text);
    },
    true,
  );
}
