import type { Grant } from '../../store/access/grants.ts';

type Origin = Pick<Grant, 'source' | 'connector' | 'taskId' | 'verifiedAt'>;

/** "found by the csv sync", "given by task #1042, not yet confirmed by a sync" */
export function howItCame(grant: Origin & { profile: string | undefined }): string {
  const { source, connector, taskId, profile } = grant;
  const by = taskId === null ? '' : ` by task #${taskId}`;
  const inProfile = profile ? ` with the access profile "${profile}"` : '';
  if (by || inProfile) {
    const isClaim = source === 'task' && grant.verifiedAt === null;
    return `given${inProfile}${by}${isClaim ? ', not yet confirmed by a sync' : ''}`;
  }
  return connector ? `found by the ${connector} sync` : 'found by a sync';
}
