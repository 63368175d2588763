/** More than these, and more than a fifth of the members, leave only with a yes (GOVERNANCE.md section 5). */
const freelyRemoved = 5;

const freelyRemovedShare = 0.2;

/** Whether so many are not to leave without a person's yes. */
export function needsYes(removing: number, members: number): boolean {
  return isMany(removing) && removing > freelyRemovedShare * members;
}

/** Whether they are more than may leave freely, however many there are. */
export function isMany(removing: number): boolean {
  return removing > freelyRemoved;
}
