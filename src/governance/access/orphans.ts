import { countOrphanedAccounts, listOrphanedAccounts } from '../../store/sync/orphaned-accounts.ts';
import { type ActorCtx, requirePermission } from '../context.ts';

/** An account that belongs to nobody who is here. */
export interface OrphanView {
  /** null: nobody whom Rolemine knows. */
  personId: number | null;
  entitlementId: number;
  /** The name of a person who left, or the reference of a source. */
  holder: string;
  /** "GitHub · Admin" */
  label: string;
  isHighRisk: boolean;
  /** "left; found by the csv sync" */
  details: string;
  /** An open revocation. */
  taskId: number | null;
  canRevoke: boolean;
}

export interface OrphanPage {
  accounts: OrphanView[];
  ofLeavers: number;
  unknown: number;
  page: number;
  pages: number;
}

const accountsPerPage = 20;

/**
 * Lists the accounts of people who have left and of nobody known: high risk first, then by name.
 * @param page from 0. @throws Refusal 'forbidden' for everybody but Super Admins.
 */
export async function listOrphans(ctx: ActorCtx, page: number): Promise<OrphanPage> {
  await requirePermission(ctx, 'manageUsers');
  const counts = await countOrphanedAccounts(ctx.db);
  const pages = Math.max(1, Math.ceil((counts.ofLeavers + counts.unknown) / accountsPerPage));
  const shown = Math.min(page, pages - 1);
  const rows = await listOrphanedAccounts(ctx.db, {
    limit: accountsPerPage,
    offset: shown * accountsPerPage,
  });
  const accounts = rows.map(({ app, entitlement, connector, ...row }): OrphanView => {
    const who = row.personId === null ? 'nobody in Rolemine' : 'left';
    const origin = connector === null ? 'given by a task' : `found by the ${connector} sync`;
    return {
      ...row,
      label: `${app} · ${entitlement}`,
      details: `${who}; ${origin}`,
      canRevoke: row.personId !== null && row.taskId === null,
    };
  });
  return { ...counts, accounts, page: shown, pages };
}
