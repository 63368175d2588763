import type { App, ViewOutput } from '@slack/bolt';
import {
  changeEntitlement,
  findEntitlementsToManage,
  readEntitlement,
} from '../../../governance/catalog/entitlements.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { updateModal } from '../../answers.ts';
import { entitlementsView, entitlementView } from '../../blocks/catalog/entitlements.ts';
import { recordOption } from '../../blocks/kit/elements.ts';
import { describeSaved } from '../../blocks/kit/sentence.ts';
import { readChoices, readTicks, readTypedText, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import {
  entitlementForm,
  entitlementPageButton,
  entitlementPageForm,
  riskOption,
} from '../../state/catalog.ts';
import { idButton, idOption } from '../../state/records.ts';
import { openOnTop, requireWindow } from '../../windows.ts';
import { readEditedText, readPolicies } from './fields.ts';

/** Registers the list and form of entitlements. The form replaces the list, because Slack stacks three modals. */
export function listenToEntitlements(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.entitlementList, showEntitlements);
  onAction(app, deps, ids.entitlementPage, turnEntitlements);
  onSearch(app, deps, ids.entitlementSearch, searchEntitlements);
  onAction(app, deps, ids.entitlementEdit, (click) =>
    editEntitlement(click, idButton.decode(click.value)),
  );
  onAction(app, deps, ids.entitlementSearch, (click) =>
    editEntitlement(click, idOption.decode(click.value)),
  );
  onSubmit(app, deps, { id: ids.entitlementSave, field: 'description', handle: saveEntitlement });
}

async function showEntitlements(click: Click): Promise<void> {
  const list = entitlementPageButton.decode(click.value);
  await openOnTop(click, () => entitlementsPage(click.ctx, list));
}

async function turnEntitlements({ ctx, client, value, view }: Click): Promise<void> {
  const list = entitlementPageButton.decode(value);
  await updateModal(client, view?.id, await entitlementsPage(ctx, list));
}

async function searchEntitlements(
  ctx: ActorCtx,
  words: string,
  _: string,
  view: ViewOutput | undefined,
) {
  const { applicationId } = entitlementPageForm.decode(view?.private_metadata);
  const list = { applicationId, words, page: 0, size: 100 };
  const { entitlements } = await findEntitlementsToManage(ctx, list);
  return entitlements.map((one) => recordOption(one, one.category));
}

async function editEntitlement(click: Click, id: number): Promise<void> {
  const window = requireWindow(click);
  const list = entitlementPageForm.decode(window.private_metadata);
  const form = await readEntitlement(click.ctx, id);
  await updateModal(click.client, window.id, entitlementView(form, list));
}

async function saveEntitlement({ ctx, view }: Submission) {
  const { values } = view.state;
  const { id, version, ...list } = entitlementForm.decode(view.private_metadata);
  const boxes = readTicks(values, 'options');
  const { label, isChanged } = await changeEntitlement(ctx, {
    id,
    version,
    description: readEditedText(values, 'description'),
    category: readTypedText(values, 'category'),
    risk: requireChoice(values, 'risk', riskOption),
    owners: readChoices(values, 'owners', idOption),
    requestable: boxes.includes('requestable'),
    emergencyAllowed: boxes.includes('emergency'),
    mined: !boxes.includes('unmined'),
    maxGrantDays: readTypedText(values, 'maxGrantDays'),
    ...readPolicies(values),
  });
  return entitlementsPage(ctx, list, describeSaved({ name: label, isChanged }));
}

async function entitlementsPage(
  ctx: ActorCtx,
  list: { applicationId: number; page: number },
  note?: string,
) {
  return entitlementsView(await findEntitlementsToManage(ctx, list), { page: list.page, note });
}
