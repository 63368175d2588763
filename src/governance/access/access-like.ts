import { Refusal } from '../../errors.ts';
import { listHeldIds } from '../../store/access/grants.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { countPeerHolders, listPeers } from '../../store/people/peers.ts';
import { findPerson } from '../../store/people/people.ts';
import type { ActorCtx } from '../context.ts';
import { loadIdentities } from '../people/display-name.ts';
import { hasPermission } from '../permissions.ts';
import { maxRequested } from '../requests/request-access.ts';
import { labelOf } from '../tasks/approver-directory.ts';

/** Access of a colleague that the reader could request. */
interface LikeRow {
  id: number;
  label: string;
  /** "31 of 44 in Engineering have it" */
  evidence: string;
  isHighRisk: boolean;
  /** Most peers of the reader have it, and it is not of high risk. */
  isUsual: boolean;
}

export interface AccessLike {
  person: { id: number; name: string };
  rows: LikeRow[];
  /** Access of the colleague that the reader may not see, since few peers have it. */
  hasHidden: boolean;
}

/**
 * Lists the access of a colleague that the reader lacks and can request, the most usual first. Only what most peers of
 * the reader have is proposed. Whoever may not see the access of the colleague sees no more than that
 * (docs/governance.md#access-like-a-colleague).
 * @throws Refusal missing, invalid (oneself)
 */
export async function listAccessLike(ctx: ActorCtx, personId: number): Promise<AccessLike> {
  const person = await findPerson(ctx.db, personId);
  const me = await findPerson(ctx.db, ctx.actor.personId);
  if (!person || !me) throw new Refusal('missing', 'Rolemine does not know this person.');
  if (person.id === me.id) throw new Refusal('invalid', 'Choose a colleague, not yourself.');
  const own = await listHeldIds(ctx.db, me.id);
  const missing = [...(await listHeldIds(ctx.db, person.id))].filter((id) => !own.has(id));
  const entitlements = (await listEntitlementsById(ctx.db, missing)).filter(
    ({ requestable, closedAt }) => requestable && !closedAt,
  );
  const peers = me.department ? await listPeers(ctx.db, me.department, me.jobTitle) : [];
  const holders = await countPeerHolders(
    ctx.db,
    peers.map(({ id }) => id),
    entitlements.map(({ id }) => id),
  );
  const rows = entitlements.map((one): LikeRow => {
    const count = holders.get(one.id) ?? 0;
    return {
      id: one.id,
      label: labelOf(one),
      evidence: me.department
        ? `${count} of ${peers.length} in ${me.department} ${count === 1 ? 'has' : 'have'} it`
        : 'Your department is not known',
      isHighRisk: one.risk === 'high',
      isUsual: one.risk !== 'high' && 2 * count > peers.length,
    };
  });
  const seesAll = person.managerId === me.id || hasPermission(ctx.actor.roles, 'viewAnyAccess');
  const visible = seesAll ? rows : rows.filter(({ isUsual }) => isUsual);
  const names = await loadIdentities(ctx, [person.id]);
  return {
    person: { id: person.id, name: names.get(person.id)?.name ?? person.name },
    rows: visible
      .toSorted((a, b) => Number(b.isUsual) - Number(a.isUsual) || (a.label < b.label ? -1 : 1))
      .slice(0, maxRequested),
    hasHidden: visible.length < rows.length,
  };
}
