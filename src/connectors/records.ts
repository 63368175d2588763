/** One person as a source tells it. `line` is where in the source's file, for messages. */
export interface PersonRecord {
  line: number;
  id?: string;
  email?: string;
  name?: string;
  department?: string;
  jobTitle?: string;
  employmentStatus?: string;
  employmentType?: string;
  /** E-mail or id of the manager, as written; the manager may be unknown to the source. */
  managerRef?: string;
  location?: string;
  active: boolean;
  /** Every further attribute; the keys are dimension names (lower case, no spaces). */
  attributes: Record<string, string>;
}

/** One application; owners and provisioners are e-mails or ids, undefined where the source has no say. */
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
  /** Days. */
  longestGrantDays?: number;
  /** How many approvals a request needs. */
  approvals?: number;
}

/** One person holding one entitlement; `person` is an e-mail or an id. */
export interface GrantRecord {
  line: number;
  person: string;
  app: string;
  entitlement: string;
  grantedAt?: Date;
  expiresAt?: Date;
  lastUsedAt?: Date;
}

/** The four kinds of record a source has. */
export type RecordKind = 'people' | 'applications' | 'entitlements' | 'grants';

/**
 * A source of records, read as a stream: batches, each kind once, people first. `problems` and
 * `warnings` grow while the batches are read. A record whose line has a problem is still yielded
 * where it can be, so that one bad person does not make a hundred unknown ones; whoever stores the
 * records must therefore look at `problems.count` after the last batch and before writing.
 */
export interface Source {
  /** Whose people and grants these are: what is gone is closed among the same source's only. */
  name: string;
  /** What to call each kind's origin in a message: a file's name. */
  files: Partial<Record<RecordKind, string>>;
  /**
   * Says nothing about access, so that none ends because it is not in here; and it may have nobody to bring,
   * where others brought them all.
   */
  hasPeopleOnly?: boolean;
  people(): AsyncIterable<PersonRecord[]>;
  applications(): AsyncIterable<ApplicationRecord[]>;
  entitlements(): AsyncIterable<EntitlementRecord[]>;
  grants(): AsyncIterable<GrantRecord[]>;
  problems: ProblemLog;
  warnings: ProblemLog;
  /** 0–1: how much of it has been read, where the source knows. */
  readShare?(): number;
}

/** Something wrong in a source, at a place a person can go to. */
export interface Problem {
  file: string;
  line: number;
  column?: string;
  value?: string;
  message: string;
}

/** The first problems in full and the number of all of them. */
export interface ProblemLog {
  readonly list: readonly Problem[];
  readonly count: number;
  add(problem: Problem): void;
}
