import { contactConnector } from '../../store/people/people.ts';
import type { Link, LinkedPerson } from '../../store/people/slack-links.ts';
import type { SlackState } from '../../store/schema/people.ts';
import type { SlackUser } from './slack-user.ts';

/** A Slack user as seen now, with their person and the stored identity. */
export interface Observation {
  person: LinkedPerson;
  before: Link['identity'] | undefined;
  user: SlackUser;
}

/** People of these sources have the name that they use in Slack. */
const connectorsNamedBySlack = new Set([contactConnector, 'slack']);

/** Returns the stored state of a Slack user, which says whether they may act. */
export function toSlackState({ barred }: SlackUser): SlackState {
  if (barred === undefined) return 'linked';
  return barred === 'deactivated' ? 'deactivated' : 'guest';
}

/** Returns the identity to store. A changed address is flagged until a Super Admin decides about it. */
export function toSlackIdentity(observation: Observation, now: Date) {
  const { person, before, user } = observation;
  const isOwn = user.email !== undefined && fold(user.email) === fold(person.email ?? '');
  const flaggedBefore = isOwn ? null : (before?.emailChangedAt ?? null);
  return {
    personId: person.id,
    teamId: user.teamId,
    userId: user.userId,
    state: toSlackState(user),
    // Slack reports neither for a deactivated user.
    timeZone: user.timeZone ?? before?.timeZone ?? null,
    email: user.email ?? before?.email ?? null,
    emailChangedAt: hasNewAddress(observation) ? now : flaggedBefore,
    isWorkspaceAdmin: user.isWorkspaceAdmin,
    // A confirmation is about one deactivation.
    activeConfirmedAt:
      toSlackState(user) === 'deactivated' && before?.state === 'deactivated'
        ? before.activeConfirmedAt
        : null,
    checkedAt: now,
  };
}

export function hasChanged(observation: Observation): boolean {
  const { before, user } = observation;
  if (!before || isRenamed(observation)) return true;
  const after = toSlackIdentity(observation, before.checkedAt);
  return (
    before.state !== toSlackState(user) ||
    (['timeZone', 'email', 'isWorkspaceAdmin'] as const).some(
      (key) => before[key] !== after[key],
    ) ||
    (before.emailChangedAt === null) !== (after.emailChangedAt === null)
  );
}

/** Whether the stored identity is newer than the reading. */
export function isOutdated({ before }: Observation, readAt: Date): boolean {
  return before !== undefined && before.checkedAt > readAt;
}

/** Whether the address is neither the person's nor the one that Slack had before. */
export function hasNewAddress({ person, before, user }: Observation): boolean {
  if (!before || user.email === undefined) return false;
  const email = fold(user.email);
  return email !== fold(person.email ?? '') && email !== fold(before.email ?? '');
}

export function isRenamed({ person, user }: Observation): boolean {
  const followsSlack = connectorsNamedBySlack.has(person.connector) && !user.barred;
  return followsSlack && user.name !== person.name;
}

export function fold(email: string): string {
  return email.toLowerCase();
}
