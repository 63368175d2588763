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
import { GrantColumns, type GrantDates } from './grant-columns.ts';

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

/** A person of another source. This source may refer to them. */
export interface Outsider {
  id: number;
  email: string | null;
  externalId: string | null;
}

/**
 * The checked content of a source. People and entitlements are referred to by index. Indexes of people continue with
 * the outsiders after `people.length`.
 */
export interface Staged {
  people: PersonRecord[];
  outsiders: readonly Outsider[];
  applications: StagedApplication[];
  entitlements: StagedEntitlement[];
  grants: GrantColumns;
  findPerson(reference: string): number | undefined;
}

/**
 * Reads a source to its end and adds its errors to `source.problems`. The caller must check these before it stores
 * anything.
 */
export async function stageSource(source: Source, outsiders: readonly Outsider[]): Promise<Staged> {
  const people: PersonRecord[] = [];
  for await (const batch of source.people()) people.push(...batch);
  const findPerson = indexPeople(people, outsiders);
  const catalog = new Catalog(source);
  for await (const batch of source.applications()) {
    for (const record of batch) catalog.addApplication(record);
  }
  for await (const batch of source.entitlements()) {
    for (const record of batch) catalog.addEntitlement(record);
  }
  const grants = new GrantColumns();
  for await (const batch of source.grants()) {
    for (const record of batch) stageGrant(record, grants, { source, catalog, findPerson });
  }
  const { applications, entitlements } = catalog;
  const staged = { people, outsiders, applications, entitlements, grants, findPerson };
  validateOwners(source, staged);
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

interface StagingContext {
  source: Source;
  catalog: Catalog;
  findPerson: Staged['findPerson'];
}

function stageGrant(
  record: GrantRecord,
  grants: GrantColumns,
  { source, catalog, findPerson }: StagingContext,
): void {
  const person = findPerson(record.person);
  if (person === undefined) {
    const place = { kind: 'grants', line: record.line, column: 'person' } as const;
    reportUnknownPerson(source, place, record.person);
    return;
  }
  const entitlement = catalog.find(record.app, record.entitlement, record.line);
  grants.add(person, entitlement, toGrantDates(record));
}

function toGrantDates({ grantedAt, expiresAt, lastUsedAt }: GrantRecord): Partial<GrantDates> {
  const dates: Partial<GrantDates> = {};
  if (grantedAt) dates.grantedAt = grantedAt.getTime();
  if (expiresAt) dates.expiresAt = expiresAt.getTime();
  if (lastUsedAt) dates.lastUsedAt = lastUsedAt.getTime();
  return dates;
}

/** A cell of a source. */
interface Place {
  kind: RecordKind;
  line: number;
  column: string;
}

function reportUnknownPerson(source: Source, { kind, line, column }: Place, value: string): void {
  const people = source.files.people ?? 'the people';
  const message = `no such person in ${people} or in Rolemine.`;
  source.problems.add({ file: source.files[kind] ?? kind, line, column, value, message });
}

/** Reports unknown owners now, because later tasks are assigned to owners. */
function validateOwners(source: Source, staged: Staged): void {
  const validate = (place: Place, owners: string[] = []) => {
    for (const owner of owners) {
      if (staged.findPerson(owner) === undefined) reportUnknownPerson(source, place, owner);
    }
  };
  for (const { record } of staged.applications) {
    if (!record) continue;
    const { line, owners, provisioners } = record;
    validate({ kind: 'applications', line, column: 'owner_email' }, owners);
    validate({ kind: 'applications', line, column: 'provisioner_email' }, provisioners);
  }
  for (const { record } of staged.entitlements) {
    if (!record) continue;
    const { line, owners } = record;
    validate({ kind: 'entitlements', line, column: 'owner_email' }, owners);
  }
}

/** Finds people by e-mail address, ignoring case, or by id. The source's own people come first. */
function indexPeople(
  people: readonly PersonRecord[],
  outsiders: readonly Outsider[],
): Staged['findPerson'] {
  const byEmail = new Map<string, number>();
  const byId = new Map<string, number>();
  outsiders.forEach(({ email, externalId }, index) => {
    if (email) byEmail.set(foldName(email), people.length + index);
    if (externalId) byId.set(externalId, people.length + index);
  });
  people.forEach(({ email, id }, index) => {
    if (email) byEmail.set(foldName(email), index);
    if (id) byId.set(id, index);
  });
  const found = new Map<string, number>();
  return (reference) => {
    const known = found.get(reference);
    if (known !== undefined) return known;
    const index = byEmail.get(foldName(reference)) ?? byId.get(reference);
    if (index !== undefined) found.set(reference, index);
    return index;
  };
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
