import { createHash } from 'node:crypto';
import { Refusal } from '../../errors.ts';
import { listRoleHolders } from '../../store/people/roles.ts';
import { findSyncFailure, openSyncFailure } from '../../store/sync/sync-failures.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction, notify } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { joinSentences } from '../wording/sentences.ts';

const maxErrorLength = 500;

/**
 * Records a failed sync. Connector Admins and Super Admins get one message for repeated attempts with the same error.
 * Their Home shows it until a sync succeeds.
 */
export async function recordFailedSync(ctx: Ctx, connector: string, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const shown = message.slice(0, maxErrorLength);
  await inTransaction(ctx, async (ctx) => {
    await audit(ctx, 'sync.fail', subjectOf.connector(connector), { after: { error: shown } });
    const admins = await listRoleHolders(ctx.db, ['connector_admin', 'super_admin']);
    await redrawHomes(ctx, admins);
    const subjectId = await openSyncFailure(ctx.db, {
      connector,
      error: shown,
      fingerprint: fingerprintOf(error, message),
      failedAt: ctx.now,
    });
    if (subjectId === undefined) return;
    await notify(
      ctx,
      admins.map((recipientId) => ({ recipientId, kind: 'sync', subjectId, priority: 1 })),
    );
  });
}

/** Identifies a failure by its whole text, because the stored text is cut. */
function fingerprintOf(error: unknown, message: string): string {
  const kind = error instanceof Refusal ? error.code : error instanceof Error ? error.name : '';
  return createHash('sha256').update(`${kind}\n${message}`).digest('hex').slice(0, 32);
}

/** The message to administrators about a failed sync. @returns undefined for an unknown failure. */
export async function describeFailedSync(ctx: Ctx, failureId: number): Promise<Notice | undefined> {
  const failure = await findSyncFailure(ctx.db, failureId);
  if (!failure) return undefined;
  const title = `The sync of ${failure.connector} failed`;
  const lines = [failure.error, 'Data of earlier syncs stays until a sync succeeds.'];
  return { title, lines, summary: joinSentences([title, ...lines]) };
}
