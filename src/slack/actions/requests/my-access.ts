import type { App } from '@slack/bolt';
import { listMyAccess } from '../../../governance/access/my-access.ts';
import { findZone } from '../../../governance/people/person-zones.ts';
import {
  type ExtensionTarget,
  prepareExtension,
  requestExtension,
} from '../../../governance/requests/extend-access.ts';
import { endOfDay } from '../../../governance/wording/calendar-days.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { extendView } from '../../blocks/requests/extension.ts';
import { myAccessView } from '../../blocks/requests/my-access.ts';
import { readDay, readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton } from '../../state/records.ts';
import { grantButton, grantForm, offsetButton } from '../../state/requests.ts';
import { openOnTop, redrawOrOpen } from '../../windows.ts';

/** Registers the list of the reader's access, and the form to extend it. */
export function listenToMyAccess(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.accessList, showMyAccess);
  onAction(app, deps, ids.accessExtend, openOwnExtension);
  onAction(app, deps, ids.accessExtendThis, openExtension);
  onSubmit(app, deps, {
    id: ids.accessExtendSubmit,
    field: 'until',
    handle: submitExtension,
    isCorrectable: true,
  });
}

async function showMyAccess(click: Click): Promise<void> {
  const from = offsetButton.decode(click.value);
  await redrawOrOpen(click, async () => myAccessView(await listMyAccess(click.ctx), from));
}

async function openOwnExtension(click: Click): Promise<void> {
  await openExtensionForm(click, { entitlementId: idButton.decode(click.value) });
}

async function openExtension(click: Click): Promise<void> {
  await openExtensionForm(click, grantButton.decode(click.value));
}

async function openExtensionForm(click: Click, target: ExtensionTarget): Promise<void> {
  await openOnTop(click, async () => extendView(await prepareExtension(click.ctx, target)));
}

async function submitExtension({ ctx, view }: Submission) {
  const { values } = view.state;
  const target = grantForm.decode(view.private_metadata);
  const task = await requestExtension(ctx, {
    ...target,
    until: endOfDay(readDay(values, 'until') ?? '', await findZone(ctx, target.personId)),
    reason: readTypedText(values, 'reason'),
  });
  return sentenceView(
    'Extend access',
    `Extension request #${task.id} sent. Until it is decided, the current end date applies.`,
  );
}
