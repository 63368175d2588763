/** More than these, and more than a fifth of the members, leave only with a yes (docs/governance.md#mass-removal-brakes). */
const maxUnconfirmed = 5;

const maxUnconfirmedShare = 0.2;

/** Whether so many are not to leave without a person's yes. */
export function requiresConfirmation(removing: number, members: number): boolean {
  return isMassRemoval(removing) && removing > maxUnconfirmedShare * members;
}

/** Whether they are more than may leave freely, however many there are. */
export function isMassRemoval(removing: number): boolean {
  return removing > maxUnconfirmed;
}
