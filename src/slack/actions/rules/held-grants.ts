import type { App } from '@slack/bolt';
import { decideHeldGrants } from '../../../governance/role-rules/held-removals.ts';
import { ids } from '../../ids.ts';
import { onAction } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** The card of access that a rule gives no more; it is drawn anew when somebody has decided. */
export function listenToHeldGrants(app: App, deps: SlackDeps): void {
  for (const [id, decision] of [
    [ids.heldGrantsApply, 'apply'],
    [ids.heldGrantsKeep, 'keep'],
  ] as const) {
    onAction(app, deps, id, async ({ ctx, value }) => {
      const [ruleId = 0, shown = 0] = value.split('.').map(Number);
      await decideHeldGrants(ctx, { ruleId, shown, decision });
    });
  }
}
