import type { App } from '@slack/bolt';
import { listMyAccess } from '../../../governance/access/my-access.ts';
import { readerZone } from '../../../governance/context.ts';
import { prepareExtension, requestExtension } from '../../../governance/requests/extend-access.ts';
import { endOfDay } from '../../../governance/wording/calendar-days.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { extendView } from '../../blocks/requests/extension.ts';
import { myAccessView } from '../../blocks/requests/my-access.ts';
import { readDay, readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton, idForm } from '../../state/records.ts';
import { offsetButton } from '../../state/requests.ts';
import { openOnTop, redrawOrOpen } from '../../windows.ts';

/** Registers the list of the reader's access, and the form to extend it. */
export function listenToMyAccess(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.accessList, showMyAccess);
  onAction(app, deps, ids.accessExtend, openExtensionForm);
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

async function openExtensionForm(click: Click): Promise<void> {
  const entitlementId = idButton.decode(click.value);
  await openOnTop(click, async () => extendView(await prepareExtension(click.ctx, entitlementId)));
}

async function submitExtension({ ctx, view }: Submission) {
  const { values } = view.state;
  const task = await requestExtension(ctx, {
    entitlementId: idForm.decode(view.private_metadata),
    until: endOfDay(readDay(values, 'until') ?? '', readerZone(ctx)),
    reason: readTypedText(values, 'reason'),
  });
  return sentenceView(
    'Extend access',
    `Extension request #${task.id} sent. Until it is decided, your current end date applies.`,
  );
}
