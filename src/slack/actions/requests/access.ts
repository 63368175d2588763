import type { App } from '@slack/bolt';
import { viewEntitlementAccess, viewPersonAccess } from '../../../governance/access/holdings.ts';
import { findViewableEntitlements, findViewablePeople } from '../../../governance/access/search.ts';
import { openModal, updateModal } from '../../answers.ts';
import { option, personOption } from '../../blocks/kit/elements.ts';
import { accessSearchView, accessView } from '../../blocks/requests/access-views.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

const kinds = {
  person: {
    view: viewPersonAccess,
    open: ids.accessPersonOpen,
    page: ids.accessPersonPage,
    submit: ids.accessPerson,
  },
  entitlement: {
    view: viewEntitlementAccess,
    open: ids.accessEntitlementOpen,
    page: ids.accessEntitlementPage,
    submit: ids.accessEntitlement,
  },
} as const;

/** What a person holds and who holds an entitlement. */
export function listenToAccess(app: App, deps: SlackDeps): void {
  for (const kind of ['person', 'entitlement'] as const) {
    const { view: read, open, page, submit } = kinds[kind];

    onAction(app, deps, open, async ({ ctx, client, value, triggerId, view }) => {
      const id = Number(value);
      const draw = async () =>
        id > 0 ? accessView(kind, await read(ctx, id)) : accessSearchView(kind);
      await openModal(client, triggerId, draw, view?.type === 'modal');
    });

    onAction(app, deps, page, async ({ ctx, client, value, view }) => {
      const shown = await read(ctx, Number(view?.private_metadata), Number(value));
      await updateModal(client, view?.id, accessView(kind, shown));
    });

    onSubmit(
      app,
      deps,
      submit,
      kind,
      async ({ ctx, view }) => {
        const chosen = fieldOf(view.state.values, kind)?.selected_option?.value;
        return accessView(kind, await read(ctx, Number(chosen)));
      },
      true,
    );
  }

  onSearch(app, deps, ids.accessPersonSearch, async (ctx, query) =>
    (await findViewablePeople(ctx, query)).map(personOption),
  );

  onSearch(app, deps, ids.accessEntitlementSearch, async (ctx, query) =>
    (await findViewableEntitlements(ctx, query)).map((one) =>
      option(`${one.app} · ${one.name}`, String(one.id), one.description ?? undefined),
    ),
  );
}
