import type { App } from '@slack/bolt';
import { viewEntitlementAccess, viewPersonAccess } from '../../../governance/access/holdings.ts';
import { listOrphans } from '../../../governance/access/orphans.ts';
import { findViewableEntitlements, findViewablePeople } from '../../../governance/access/search.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { updateModal } from '../../answers.ts';
import { entitlementOption, personOption } from '../../blocks/kit/elements.ts';
import { accessSearchView, accessView } from '../../blocks/requests/access-views.ts';
import { orphansView } from '../../blocks/requests/orphans.ts';
import { requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton, idForm, idOption, pageButton } from '../../state/records.ts';
import { openOnTop, redrawOrOpen } from '../../windows.ts';

type Kind = 'person' | 'entitlement';
const viewAccess = { person: viewPersonAccess, entitlement: viewEntitlementAccess };

/** Registers the views of a person's access, of the holders of an entitlement and of orphaned accounts. */
export function listenToAccess(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.accessPersonOpen, (click) => openAccessSearch(click, 'person'));
  onAction(app, deps, ids.accessPersonShow, (click) => showAccess(click, 'person'));
  onAction(app, deps, ids.accessPersonPage, (click) => turnAccess(click, 'person'));
  onSubmit(app, deps, {
    id: ids.accessPerson,
    field: 'person',
    handle: (form) => submitSearch(form, 'person'),
    isCorrectable: true,
  });
  onSearch(app, deps, ids.accessPersonSearch, searchPeople);
  onAction(app, deps, ids.accessEntitlementOpen, (click) => openAccessSearch(click, 'entitlement'));
  onAction(app, deps, ids.accessEntitlementShow, (click) => showAccess(click, 'entitlement'));
  onAction(app, deps, ids.accessEntitlementPage, (click) => turnAccess(click, 'entitlement'));
  onSubmit(app, deps, {
    id: ids.accessEntitlement,
    field: 'entitlement',
    handle: (form) => submitSearch(form, 'entitlement'),
    isCorrectable: true,
  });
  onSearch(app, deps, ids.accessEntitlementSearch, searchEntitlements);
  onAction(app, deps, ids.orphanList, showOrphans);
}

async function showOrphans(click: Click): Promise<void> {
  const page = pageButton.decode(click.value);
  await redrawOrOpen(click, async () => orphansView(await listOrphans(click.ctx, page)));
}

async function openAccessSearch(click: Click, kind: Kind): Promise<void> {
  await openOnTop(click, async () => accessSearchView(kind));
}

async function showAccess(click: Click, kind: Kind): Promise<void> {
  const id = idButton.decode(click.value);
  await openOnTop(click, async () => accessView(kind, await viewAccess[kind](click.ctx, id)));
}

async function turnAccess({ ctx, client, value, view }: Click, kind: Kind): Promise<void> {
  const id = idForm.decode(view?.private_metadata);
  const access = await viewAccess[kind](ctx, id, pageButton.decode(value));
  await updateModal(client, view?.id, accessView(kind, access));
}

async function submitSearch({ ctx, view }: Submission, kind: Kind) {
  const id = requireChoice(view.state.values, kind, idOption);
  return accessView(kind, await viewAccess[kind](ctx, id));
}

async function searchPeople(ctx: ActorCtx, words: string) {
  return (await findViewablePeople(ctx, words)).map(personOption);
}

async function searchEntitlements(ctx: ActorCtx, words: string) {
  const found = await findViewableEntitlements(ctx, words);
  return found.map((one) => entitlementOption(one, one.description));
}
