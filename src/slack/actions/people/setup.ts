import type { App } from '@slack/bolt';
import { listOwnerlessApplications } from '../../../governance/people/setup.ts';
import { openModal } from '../../answers.ts';
import { ownerlessView } from '../../blocks/people/setup.ts';
import { startAnalysis } from '../../commands/mining.ts';
import { ids } from '../../ids.ts';
import { onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** The buttons of `/rolemine setup` that lead nowhere else. */
export function listenToSetup(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.setupAnalyze, async ({ ctx, reply }) => reply(await startAnalysis(ctx)));

  onAction(app, deps, ids.setupOwners, async ({ ctx, client, triggerId }) => {
    await openModal(client, triggerId, async () =>
      ownerlessView(await listOwnerlessApplications(ctx)),
    );
  });
}
