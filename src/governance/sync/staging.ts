import { mustAt } from '../../collections.ts';
import type {
  ApplicationRecord,
  EntitlementRecord,
  GrantRecord,
  PersonRecord,
  RecordKind,
  Source,
} from '../../connectors/records.ts';
import { foldName } from '../wording/fold-name.ts';
import { GrantColumns, type GrantDates, unreadEnd } from './grant-columns.ts';
import { createPersonLookup, type PersonLookup, type ReferredPerson } from './person-lookup.ts';

interface StagedApplication {
  name: string;
  record: ApplicationRecord | undefined;
}

interface StagedEntitlement {
  /** Index of the application. */
  application: number;
  name: string;
  record: EntitlementRecord | undefined;
}

/** An account of an application that belongs to nobody in the source or in Rolemine. */
interface UnknownAccount {
  /** As written. */
  reference: string;
  line: number;
  /** Index of the entitlement. */
  entitlement: number;
}

/** Grants of one person who is missing in the source. */
interface MissingHolder {
  reference: string;
  line: number;
  grants: number;
}

/**
 * The checked content of a source. People and entitlements are referred to by index. Indexes of people continue with
 * `outsiders` after `people.length`: the stored people to whom the source can refer.
 */
export interface Staged {
  people: PersonRecord[];
  outsiders: readonly ReferredPerson[];
  applications: StagedApplication[];
  entitlements: StagedEntitlement[];
  grants: GrantColumns;
  findPerson: PersonLookup['find'];
  kept: PersonLookup['kept'];
  unreadKinds: ReadonlySet<RecordKind>;
  unknown: UnknownAccount[];
  /** By index of the person. The sync of people shows which of them are gone. */
  missing: Map<number, MissingHolder>;
}

/**
 * Reads a source to its end and adds its errors to `source.problems`. The caller must check these before it stores
 * anything.
 */
export async function stageSource(
  source: Source,
  known: readonly ReferredPerson[],
): Promise<Staged> {
  const people: PersonRecord[] = [];
  for await (const batch of source.people()) people.push(...batch);
  const index = createPersonLookup(people, known, source.unreadPeople ?? new Set());
  const catalog = new Catalog(source);
  for await (const batch of source.applications()) {
    for (const record of batch) catalog.addApplication(record);
  }
  for await (const batch of source.entitlements()) {
    for (const record of batch) catalog.addEntitlement(record);
  }
  const { applications, entitlements } = catalog;
  const staged: Staged = {
    people,
    outsiders: known,
    applications,
    entitlements,
    grants: new GrantColumns(),
    findPerson: index.find,
    kept: index.kept,
    unreadKinds: source.unreadKinds ?? new Set(),
    unknown: [],
    missing: new Map(),
  };
  for await (const batch of source.grants()) {
    for (const record of batch) stageGrant(record, { staged, catalog, index });
  }
  dropUnknownOwners(source, staged);
  validateNotEmpty(source, staged);
  return staged;
}

/** Refuses a source without people, because its sync would close everybody. */
function validateNotEmpty(source: Source, { people, grants }: Staged): void {
  const { files, problems, warnings } = source;
  if (problems.count > 0 || source.hasPeopleOnly) return;
  if (people.length === 0) {
    const message = 'it has no people.';
    problems.add({ file: files.people ?? 'people', line: 0, message });
  }
  if (grants.length === 0) {
    const message = 'it has no grants; all access from this source ends.';
    warnings.add({ file: files.grants ?? 'grants', line: 0, message });
  }
}

/** Keeps the grant of somebody who is missing: the account is there, and nobody who is here has it. */
function stageGrant(
  record: GrantRecord,
  { staged, catalog, index }: { staged: Staged; catalog: Catalog; index: PersonLookup },
): void {
  const { person: reference, app, line } = record;
  const entitlement = catalog.find(app, record.entitlement, line);
  const present = index.find(reference);
  const person = present ?? index.findHolder(reference);
  if (person === undefined) {
    staged.unknown.push({ reference, line, entitlement });
    return;
  }
  if (present === undefined) {
    const known = staged.missing.get(person);
    if (known) known.grants += 1;
    else staged.missing.set(person, { reference, line, grants: 1 });
  }
  staged.grants.add(person, entitlement, toGrantDates(record));
}

function toGrantDates({
  grantedAt,
  expiresAt,
  lastUsedAt,
  isEndUnread,
}: GrantRecord): Partial<GrantDates> {
  const dates: Partial<GrantDates> = {};
  if (grantedAt) dates.grantedAt = grantedAt.getTime();
  if (expiresAt) dates.expiresAt = expiresAt.getTime();
  else if (isEndUnread) dates.expiresAt = unreadEnd;
  if (lastUsedAt) dates.lastUsedAt = lastUsedAt.getTime();
  return dates;
}

/** A cell of a source. */
interface Place {
  kind: RecordKind;
  line: number;
  column: string;
}

/**
 * Leaves out owners and provisioners who are unknown or have left, with a warning each. The others stay: an import must
 * not fail because an owner left.
 */
function dropUnknownOwners(source: Source, staged: Staged): void {
  const { people, outsiders, findPerson } = staged;
  const isActive = (index: number) => (people[index] ?? outsiders[index - people.length])?.active;
  const filter = (place: Place, names: string[]) =>
    names.filter((name) => {
      const index = findPerson(name);
      if (index !== undefined && isActive(index)) return true;
      const message =
        index === undefined
          ? `no such person in ${source.files.people ?? 'the people'} or in Rolemine; left out.`
          : 'this person has left; left out.';
      const { kind, line, column } = place;
      source.warnings.add({ file: source.files[kind] ?? kind, line, column, value: name, message });
      return false;
    });
  for (const { record } of staged.applications) {
    if (!record) continue;
    const place = { kind: 'applications', line: record.line } as const;
    const { owners, provisioners } = record;
    if (owners) record.owners = filter({ ...place, column: 'owner_email' }, owners);
    if (provisioners) {
      record.provisioners = filter({ ...place, column: 'provisioner_email' }, provisioners);
    }
  }
  for (const { record } of staged.entitlements) {
    if (!record?.owners) continue;
    const place = { kind: 'entitlements', line: record.line, column: 'owner_email' } as const;
    record.owners = filter(place, record.owners);
  }
}

/** Applications and entitlements by name, created when a record first names them. */
class Catalog {
  readonly applications: StagedApplication[] = [];
  readonly entitlements: StagedEntitlement[] = [];
  readonly #source: Source;
  readonly #apps = new Map<string, number>();
  readonly #folded = new Map<string, number>();
  /** By the exact names of application and entitlement: folding the names of millions of grants is slow. */
  readonly #exact = new Map<string, Map<string, number>>();

  constructor(source: Source) {
    this.#source = source;
  }

  addApplication(record: ApplicationRecord): void {
    mustAt(this.applications, this.#findApplication(record.app)).record = record;
  }

  addEntitlement(record: EntitlementRecord): void {
    const index = this.find(record.app, record.entitlement, record.line);
    mustAt(this.entitlements, index).record = record;
  }

  /** @returns the index of the entitlement. */
  find(app: string, name: string, line: number): number {
    let ofApp = this.#exact.get(app);
    if (!ofApp) {
      ofApp = new Map();
      this.#exact.set(app, ofApp);
    }
    const known = ofApp.get(name);
    if (known !== undefined) return known;
    const application = this.#findApplication(app);
    const key = `${application}\n${foldName(name)}`;
    const index = this.#folded.get(key) ?? this.entitlements.length;
    const before = this.entitlements[index];
    if (!before) this.entitlements.push({ application, name, record: undefined });
    else if (before.name !== name) this.#warnAboutSpelling(name, before.name, line);
    this.#folded.set(key, index);
    ofApp.set(name, index);
    return index;
  }

  #findApplication(name: string): number {
    const key = foldName(name);
    const index = this.#apps.get(key) ?? this.applications.length;
    if (index === this.applications.length) this.applications.push({ name, record: undefined });
    this.#apps.set(key, index);
    return index;
  }

  #warnAboutSpelling(value: string, before: string, line: number): void {
    const file = this.#source.files.grants ?? 'grants';
    const message = `this is treated as ${JSON.stringify(before)}, because names are not case-sensitive.`;
    this.#source.warnings.add({ file, line, column: 'entitlement', value, message });
  }
}
