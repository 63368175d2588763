import type { App } from '@slack/bolt';
import { decideHeldRemoval } from '../../../governance/role-rules/held-removals.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { heldGrantsButton } from '../../state/rules.ts';

/** Registers the card of large removals by a role rule. The outbox draws the card again after a decision. */
export function listenToHeldGrants(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.heldGrantsApply, (click) => decideGrants(click, 'apply'));
  onAction(app, deps, ids.heldGrantsKeep, (click) => decideGrants(click, 'keep'));
}

async function decideGrants({ ctx, value }: Click, decision: 'apply' | 'keep'): Promise<void> {
  await decideHeldRemoval(ctx, { ...heldGrantsButton.decode(value), decision });
}
