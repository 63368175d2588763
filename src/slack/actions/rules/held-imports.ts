import type { App } from '@slack/bolt';
import { releaseHeldImport } from '../../../governance/sync/held-imports.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton } from '../../state/records.ts';

/** Registers the release of a held import, from its card and from Home. The outbox draws both again. */
export function listenToHeldImports(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.importRelease, releaseImport);
}

async function releaseImport({ ctx, value }: Click): Promise<void> {
  await releaseHeldImport(ctx, { holdId: idButton.decode(value) });
}
