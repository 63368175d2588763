/** A removal of more people than this, and of more than a fifth, needs confirmation (docs/governance.md#mass-removal-brakes). */
const maxUnconfirmed = 5;

const maxUnconfirmedShare = 0.2;

/** Whether a person has to confirm this removal. */
export function requiresConfirmation(removing: number, members: number): boolean {
  return isMassRemoval(removing) && removing > maxUnconfirmedShare * members;
}

/** Whether a removal is larger than the number that never needs confirmation. The share does not count here. */
export function isMassRemoval(removing: number): boolean {
  return removing > maxUnconfirmed;
}

/** Of an entitlement with fewer holders, a fifth is too few people to say that the source is wrong. */
const minEntitlementHolders = 20;

/** Whether a person has to confirm that this many holders of one entitlement lose it. */
export function requiresEntitlementConfirmation(removing: number, holders: number): boolean {
  return holders >= minEntitlementHolders && requiresConfirmation(removing, holders);
}
