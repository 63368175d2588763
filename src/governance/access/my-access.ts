import { listAccessOf } from '../../store/access/grants.ts';
import { type ActorCtx, readerZone } from '../context.ts';
import { formatEnd } from '../wording/relative-time.ts';

/** An entitlement that the reader has. */
export interface MyAccess {
  entitlementId: number;
  label: string;
  expiresAt: Date | null;
  /** The end for the reader: "30 Jun 2027". */
  until: string | undefined;
  /** Provisioned according to a task, but not confirmed by a sync yet. */
  pending: boolean;
}

/**
 * Lists the actor's access: first the grants that end, soonest first, then the others by
 * application.
 */
export async function listMyAccess(ctx: ActorCtx): Promise<MyAccess[]> {
  const access = await listAccessOf(ctx.db, ctx.actor.personId);
  const zone = readerZone(ctx);
  const entries = access.map(({ app, entitlement, grant }) => ({
    entitlementId: grant.entitlementId,
    label: `${app} · ${entitlement}`,
    expiresAt: grant.expiresAt,
    until: grant.expiresAt ? formatEnd(grant.expiresAt, zone) : undefined,
    pending: grant.source === 'task' && grant.verifiedAt === null,
  }));
  const endOf = ({ expiresAt }: MyAccess) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return entries.sort((a, b) => (endOf(a) === endOf(b) ? 0 : endOf(a) - endOf(b)));
}
