import type { Cohort } from '../store/schema/mining.ts';
import type { SlackState } from '../store/schema/people.ts';
import type { IdentityShifts, ScopeFall } from '../store/schema/sync.ts';
import type { Fall } from '../store/sync/held-imports.ts';

// Fields that several audited actions share.

/** The other one of two who may be the same person. */
export interface PairedWith {
  other: number | null;
  email: string;
  externalId: string | null;
}

export interface MembershipRule {
  rule: Cohort | null;
  excluded: readonly number[];
}

/** What a held import would do. */
export interface Held {
  people: Fall;
  grants: Fall;
  scopes: readonly ScopeFall[];
  identities: IdentityShifts | undefined;
  weakenings: string[];
  weakeningCount: number;
}

export interface SlackAccount {
  team: string | null;
  user: string | null;
  state: SlackState;
}

export interface LeaverReplaced {
  before: { step: number; assignees: number[] };
  after: { assignees: number[]; note: string | null };
}
