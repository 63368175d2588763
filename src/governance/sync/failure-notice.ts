import { findAudit } from '../../store/audit.ts';
import { listFailedSyncs } from '../../store/messages/delivery-problems.ts';
import { listRoleHolders } from '../../store/people/roles.ts';
import { audit, type Ctx, inTransaction, notify } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { announceHomes } from '../notifications/redraw.ts';

const maxErrorLength = 500;

/**
 * A sync failed: Connector Admins and Super Admins are told, once for the same failure however often it is tried,
 * and see it in their Home until one succeeds.
 */
export async function noteFailedSync(ctx: Ctx, connector: string, error: unknown): Promise<void> {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, maxErrorLength);
  await inTransaction(ctx, async (ctx) => {
    const known = (await listFailedSyncs(ctx.db)).find((one) => one.connector === connector);
    const subjectId = await audit(ctx, 'sync.fail', `connector:${connector}`, {
      after: { error: message },
    });
    const admins = await listRoleHolders(ctx.db, ['connector_admin', 'super_admin']);
    await announceHomes(ctx, admins);
    if (known?.error === message) return;
    await notify(
      ctx,
      admins.map((recipientId) => ({ recipientId, kind: 'sync', subjectId, priority: 1 })),
    );
  });
}

/** What administrators are told of a sync that failed. @param auditId the row of the failure. */
export async function describeFailedSync(ctx: Ctx, auditId: number): Promise<Notice | undefined> {
  const row = await findAudit(ctx.db, auditId);
  const { error } = (row?.after ?? {}) as { error?: string };
  if (row?.verb !== 'sync.fail' || !error) return undefined;
  return failedSyncNotice(row.subject.replace('connector:', ''), error);
}

function failedSyncNotice(connector: string, error: string): Notice {
  const title = `The sync of ${connector} failed`;
  const lines = [error, 'What it brought before stays as it is until one succeeds.'];
  return { title, lines, summary: [`${title}.`, ...lines].join(' ') };
}
