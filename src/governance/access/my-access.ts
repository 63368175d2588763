import { listAccessOf } from '../../store/access/grants.ts';
import type { ActorCtx } from '../context.ts';

/** Something the reader holds. */
export interface MyAccess {
  entitlementId: number;
  label: string;
  expiresAt: Date | null;
  /** Provisioned, as a task says; no sync has seen it yet. */
  pending: boolean;
}

/** What a person holds: first what ends, the soonest first, then by application. */
export async function listMyAccess(ctx: ActorCtx): Promise<MyAccess[]> {
  const access = await listAccessOf(ctx.db, ctx.actor.personId);
  const held = access.map(({ app, entitlement, grant }) => ({
    entitlementId: grant.entitlementId,
    label: `${app} · ${entitlement}`,
    expiresAt: grant.expiresAt,
    pending: grant.source === 'task' && grant.verifiedAt === null,
  }));
  const endOf = ({ expiresAt }: MyAccess) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return held.sort((a, b) => (endOf(a) === endOf(b) ? 0 : endOf(a) - endOf(b)));
}
