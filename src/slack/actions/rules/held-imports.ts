import type { App } from '@slack/bolt';
import { releaseHeldImport } from '../../../governance/sync/held-imports.ts';
import { ids } from '../../ids.ts';
import { onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** The card of an import that is held, and its line in Home; both are drawn anew when somebody lets it through. */
export function listenToHeldImports(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.importLetThrough, async ({ ctx, value }) => {
    await releaseHeldImport(ctx, { holdId: Number(value) });
  });
}
