import { wilsonLowerBound } from '../../mining/matrix/matrix.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listPeerAccess, listPeers } from '../../store/people/peers.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import type { ActorCtx } from '../context.ts';
import { mayRequestFor } from '../requests/request-access.ts';
import { type SuggestedAccess, suggestByRules } from '../role-rules/suggested-by-rules.ts';

/** Minimum peers that count as evidence. */
const minPeers = 5;
/**
 * Counting the access of more peers takes too long for a form, so only those with the same title
 * count then.
 */
const maxPeers = 3_000;
const maxSuggested = 5;

/**
 * Suggests access to a person: first by role rules, then the access that most peers have and the
 * person lacks, with the best evidence first. Peers are the people of the department with the same
 * job title, or the whole department, whichever gives stronger evidence.
 */
export async function suggestAccess(
  ctx: ActorCtx,
  personId: number,
  applicationId?: number,
): Promise<SuggestedAccess[]> {
  const person = await findPerson(ctx.db, personId);
  if (!person || !mayRequestFor(ctx, person)) return [];
  const byRules = await suggestByRules(ctx, personId, applicationId);
  const suggestedIds = new Set(byRules.map((one) => one.entitlementId));
  const byPeers = (await suggestByPeers(ctx, person, applicationId)).filter(
    (one) => !suggestedIds.has(one.entitlementId),
  );
  return [...byRules, ...byPeers].slice(0, maxSuggested);
}

async function suggestByPeers(
  ctx: ActorCtx,
  person: Person,
  applicationId?: number,
): Promise<SuggestedAccess[]> {
  if (!person.department) return [];
  const { department, jobTitle } = person;
  const peers = await listPeers(ctx.db, department, jobTitle);
  const withTitle = peers.filter(({ hasTitle }) => hasTitle).map(({ id }) => id);
  const peerIds = peers.length > maxPeers ? withTitle : peers.map(({ id }) => id);
  if (peerIds.length < minPeers || peerIds.length > maxPeers) return [];
  const candidates = await listPeerAccess(ctx.db, {
    personId: person.id,
    peers: { all: peerIds, withTitle },
    applicationId,
  });
  const toGroups = (candidate: (typeof candidates)[number]): PeerGroup[] => [
    {
      scope: `in ${department} (${jobTitle})`,
      holders: candidate.titleHolders,
      people: withTitle.length,
    },
    ...(peerIds === withTitle
      ? []
      : [{ scope: `in ${department}`, holders: candidate.holders, people: peerIds.length }]),
  ];
  const best = candidates
    .flatMap((candidate) => {
      const [group] = toGroups(candidate).filter(hasEvidence).sort(compareBounds);
      return group ? [{ entitlementId: candidate.entitlementId, group }] : [];
    })
    .sort((a, b) => compareBounds(a.group, b.group) || a.entitlementId - b.entitlementId)
    .slice(0, maxSuggested);
  const rows = await listEntitlementsById(
    ctx.db,
    best.map((one) => one.entitlementId),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return best.flatMap(({ entitlementId, group }) => {
    const row = byId.get(entitlementId);
    const evidence = `${group.holders} of ${group.people} ${group.scope} have it`;
    return row ? [{ entitlementId, app: row.app, name: row.name, evidence }] : [];
  });
}

interface PeerGroup {
  scope: string;
  holders: number;
  people: number;
}

function hasEvidence({ holders, people }: PeerGroup): boolean {
  return people >= minPeers && 2 * holders > people;
}

function compareBounds(a: PeerGroup, b: PeerGroup): number {
  return wilsonLowerBound(b.holders, b.people) - wilsonLowerBound(a.holders, a.people);
}
