import type { Grant } from '../../store/access/grants.ts';

type Origin = Pick<Grant, 'source' | 'connector' | 'taskId' | 'verifiedAt'>;

/** "found by the csv sync", "granted by task #1042, not yet confirmed by a sync" */
export function describeOrigin(grant: Origin & { profile: string | undefined }): string {
  const { source, connector, taskId, profile } = grant;
  const byTask = taskId === null ? '' : ` by task #${taskId}`;
  const inProfile = profile ? ` with the access profile "${profile}"` : '';
  if (byTask || inProfile) {
    const isClaim = source === 'task' && grant.verifiedAt === null;
    return `granted${inProfile}${byTask}${isClaim ? ', not yet confirmed by a sync' : ''}`;
  }
  return connector ? `found by the ${connector} sync` : 'found by a sync';
}
