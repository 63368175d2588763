import { listAccessOf } from '../store/access.ts';
import type { ActorCtx } from './context.ts';

/** Something the reader holds. */
export interface HeldAccess {
  label: string;
  expiresAt: Date | null;
  /** Provisioned, as a task says; no sync has seen it yet. */
  pending: boolean;
}

/** What a person holds, by application. */
export async function listMyAccess(ctx: ActorCtx): Promise<HeldAccess[]> {
  const access = await listAccessOf(ctx.db, ctx.actor.personId);
  return access.map(({ app, entitlement, grant }) => ({
    label: `${app} · ${entitlement}`,
    expiresAt: grant.expiresAt,
    pending: grant.source === 'task' && grant.verifiedAt === null,
  }));
}
