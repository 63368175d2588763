import type { App } from '@slack/bolt';
import { listOwnerlessApplications } from '../../../governance/people/setup.ts';
import { openModal } from '../../answers.ts';
import { ownerlessView } from '../../blocks/people/setup.ts';
import { startAnalysis } from '../../commands/mining.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** Registers the buttons that only `/rolemine setup` shows. */
export function listenToSetup(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.setupAnalyze, startFirstAnalysis);
  onAction(app, deps, ids.setupOwners, showOwnerlessApplications);
}

async function startFirstAnalysis({ ctx, reply }: Click): Promise<void> {
  await reply(await startAnalysis(ctx));
}

async function showOwnerlessApplications({ ctx, client, triggerId }: Click): Promise<void> {
  const draw = async () => ownerlessView(await listOwnerlessApplications(ctx));
  await openModal({ client, triggerId }, draw);
}
