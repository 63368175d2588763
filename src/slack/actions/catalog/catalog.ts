import type { App } from '@slack/bolt';
import {
  changeApplication,
  findApplicationsToManage,
  findOwners,
  readApplication,
} from '../../../governance/catalog/applications.ts';
import { findPolicies } from '../../../governance/catalog/policy-lookup.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { updateModal } from '../../answers.ts';
import { applicationsView, applicationView } from '../../blocks/catalog/applications.ts';
import { option, personOption, recordOption } from '../../blocks/kit/elements.ts';
import { describeSaved } from '../../blocks/kit/sentence.ts';
import { readChoices } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { applicationForm } from '../../state/catalog.ts';
import { policyOption, policySearchId, withoutPolicy } from '../../state/policies.ts';
import { idButton, idOption, pageButton, pageForm } from '../../state/records.ts';
import { openOnTop, redrawOrOpen, requireWindow } from '../../windows.ts';
import { listenToEntitlements } from './entitlements.ts';
import { readEditedText, readPolicies } from './fields.ts';

/** Registers the lists and forms of applications and their entitlements. */
export function listenToCatalog(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.appList, showApplications);
  onSearch(app, deps, ids.appSearch, searchApplications);
  onAction(app, deps, ids.appEdit, (click) => editApplication(click, idButton.decode(click.value)));
  onAction(app, deps, ids.appSearch, (click) =>
    editApplication(click, idOption.decode(click.value)),
  );
  onSubmit(app, deps, { id: ids.appSave, field: 'owners', handle: saveApplication });
  onSearch(app, deps, ids.ownerSearch, searchOwners);
  onSearch(app, deps, ids.policySearch, searchPolicies);
  listenToEntitlements(app, deps);
}

async function showApplications(click: Click): Promise<void> {
  const page = pageButton.decode(click.value);
  await redrawOrOpen(click, () => applicationsPage(click.ctx, page));
}

async function searchApplications(ctx: ActorCtx, words: string) {
  const { applications } = await findApplicationsToManage(ctx, { words, page: 0, size: 100 });
  return applications.map(({ id, name, owners }) =>
    recordOption({ id, name }, owners ? `Owned by ${owners}` : 'No owner'),
  );
}

async function editApplication(click: Click, id: number): Promise<void> {
  const window = requireWindow(click);
  const list = { window: window.id, page: pageForm.decode(window.private_metadata) };
  await openOnTop(click, async () => applicationView(await readApplication(click.ctx, id), list));
}

async function saveApplication({ ctx, client, view }: Submission) {
  const { values } = view.state;
  const { id, version, window, page } = applicationForm.decode(view.private_metadata);
  const saved = await changeApplication(ctx, {
    id,
    version,
    owners: readChoices(values, 'owners', idOption),
    provisioners: readChoices(values, 'provisioners', idOption),
    instructions: readEditedText(values, 'instructions'),
    ...readPolicies(values),
  });
  await updateModal(client, window, await applicationsPage(ctx, page, describeSaved(saved)));
  return 'close' as const;
}

async function searchOwners(ctx: ActorCtx, words: string) {
  return (await findOwners(ctx, words)).map(personOption);
}

async function searchPolicies(ctx: ActorCtx, words: string, actionId: string) {
  const { kind, without } = policySearchId.decode(actionId);
  const found = await findPolicies(ctx, kind, words);
  const none = without ? [option(withoutPolicy[without], policyOption.encode(null))] : [];
  return [
    ...none,
    ...found.slice(0, 99).map(({ id, name }) => option(name, policyOption.encode(id))),
  ];
}

/** A page of the list of applications. @param note the result of the last action. */
export async function applicationsPage(ctx: ActorCtx, page: number, note?: string) {
  return applicationsView(await findApplicationsToManage(ctx, { page }), { page, note });
}
