/** One person of a source. `line` is the position in the source's file, for messages. */
export interface PersonRecord {
  line: number;
  id?: string;
  email?: string;
  name?: string;
  department?: string;
  jobTitle?: string;
  employmentStatus?: string;
  employmentType?: string;
  /** E-mail or id of the manager, as written; the source may not contain this person. */
  managerRef?: string;
  location?: string;
  active: boolean;
  /** The word of a status column that says that the person left, as written. */
  leftBy?: string;
  /** It cannot be read whether the person is active, so a stored person stays as they are. */
  isStateUnread?: true;
  /** All further attributes; the keys are dimension names (lowercase, without spaces). */
  attributes: Record<string, string>;
}

/**
 * One application; owners and provisioners are e-mails or ids, undefined if the source has none of
 * these columns.
 */
export interface ApplicationRecord {
  line: number;
  app: string;
  owners?: string[];
  provisioners?: string[];
  instructions?: string;
}

export interface EntitlementRecord {
  line: number;
  app: string;
  entitlement: string;
  description?: string;
  category?: string;
  risk?: 'low' | 'medium' | 'high';
  owners?: string[];
  requestable?: boolean;
  emergencyAllowed?: boolean;
  /** In days. */
  maxGrantDays?: number;
  /** Number of approvals that a request needs. */
  approvals?: number;
}

/** One grant; `person` is an e-mail or an id. */
export interface GrantRecord {
  line: number;
  person: string;
  app: string;
  entitlement: string;
  grantedAt?: Date;
  expiresAt?: Date;
  lastUsedAt?: Date;
  /** There is an end that cannot be read, so a stored end stays. */
  isEndUnread?: true;
}

/** The four kinds of records of a source. */
export type RecordKind = 'people' | 'applications' | 'entitlements' | 'grants';

/**
 * A source of records, read as a stream of batches: each kind once, people first. `problems` and
 * `warnings` grow while batches are read. A problem is what would do harm if it were imported; a
 * warning says what is left out. Therefore the caller must check `problems.count` after the last
 * batch, before it writes.
 */
export interface Source {
  /** The name of the source. An import closes only people and grants of the same source. */
  name: string;
  /** The name of each kind's file in messages. */
  files: Partial<Record<RecordKind, string>>;
  /**
   * The source has no information about access, so no access ends because of it. It may be empty,
   * if all its people came from other sources.
   */
  hasPeopleOnly?: boolean;
  people(): AsyncIterable<PersonRecord[]>;
  applications(): AsyncIterable<ApplicationRecord[]>;
  entitlements(): AsyncIterable<EntitlementRecord[]>;
  grants(): AsyncIterable<GrantRecord[]>;
  problems: ProblemLog;
  warnings: ProblemLog;
  /**
   * E-mail addresses, ids and names, in lower case, in rows of people that cannot be read. It grows while people are
   * read. These people have not left.
   */
  unreadPeople?: ReadonlySet<string>;
  /** The kinds with rows that cannot be read, so that what is missing may be there. It grows while records are read. */
  unreadKinds?: ReadonlySet<RecordKind>;
  /** 0–1: the share read so far, if the source knows it. */
  readShare?(): number;
}

/** A problem in a source, with its position. */
export interface Problem {
  file: string;
  line: number;
  column?: string;
  value?: string;
  message: string;
}

/** The first problems, and the number of all problems. */
export interface ProblemLog {
  readonly list: readonly Problem[];
  readonly count: number;
  add(problem: Problem): void;
}
