import type {
  ApplicationRecord,
  EntitlementRecord,
  GrantRecord,
  PersonRecord,
  RecordKind,
  Source,
} from '../../connectors/records.ts';
import { foldName } from '../wording/fold-name.ts';
import { GrantColumns, type GrantMoments } from './grant-columns.ts';

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

/** Somebody another source brought, whom this one may speak of. */
export interface Outsider {
  id: number;
  email: string | null;
  externalId: string | null;
}

/**
 * All of a source, checked, by index: person i is `people[i]`, and from `people.length` on one of the
 * outsiders.
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
 * Reads a source to its end. Whatever is wrong with it is in `source.problems` afterwards, so nothing
 * may be stored before that was looked at.
 */
export async function stageSource(source: Source, outsiders: readonly Outsider[]): Promise<Staged> {
  const people: PersonRecord[] = [];
  for await (const batch of source.people()) people.push(...batch);
  const findPerson = personIndex(people, outsiders);
  const catalogue = new Catalogue(source);
  for await (const batch of source.applications()) {
    for (const record of batch) catalogue.addApplication(record);
  }
  for await (const batch of source.entitlements()) {
    for (const record of batch) catalogue.addEntitlement(record);
  }
  const grants = new GrantColumns();
  for await (const batch of source.grants()) {
    for (const record of batch) stageGrant(record, grants, { source, catalogue, findPerson });
  }
  const { applications, entitlements } = catalogue;
  const staged = { people, outsiders, applications, entitlements, grants, findPerson };
  checkOwners(source, staged);
  checkEmptiness(source, staged);
  return staged;
}

/** Taken at its word, a source without people would close everybody. */
function checkEmptiness(source: Source, { people, grants }: Staged): void {
  const { files, problems, warnings } = source;
  if (problems.count > 0 || source.hasPeopleOnly) return;
  if (people.length === 0) {
    const message = 'there are no people in it.';
    problems.add({ file: files.people ?? 'people', line: 0, message });
  }
  if (grants.length === 0) {
    const message = 'there are no grants in it; what people held through this source ends.';
    warnings.add({ file: files.grants ?? 'grants', line: 0, message });
  }
}

function stageGrant(
  record: GrantRecord,
  grants: GrantColumns,
  at: { source: Source; catalogue: Catalogue; findPerson: Staged['findPerson'] },
): void {
  const person = at.findPerson(record.person);
  if (person === undefined) {
    reportStranger(at.source, 'grants', record.line, 'person', record.person);
    return;
  }
  const entitlement = at.catalogue.find(record.app, record.entitlement, record.line);
  grants.add(person, entitlement, momentsOf(record));
}

function momentsOf({ grantedAt, expiresAt, lastUsedAt }: GrantRecord): Partial<GrantMoments> {
  const moments: Partial<GrantMoments> = {};
  if (grantedAt) moments.grantedAt = grantedAt.getTime();
  if (expiresAt) moments.expiresAt = expiresAt.getTime();
  if (lastUsedAt) moments.lastUsedAt = lastUsedAt.getTime();
  return moments;
}

function reportStranger(
  source: Source,
  kind: RecordKind,
  line: number,
  column: string,
  value: string,
): void {
  const people = source.files.people ?? 'the people';
  const message = `no such person in ${people} or in Rolemine.`;
  source.problems.add({ file: source.files[kind] ?? kind, line, column, value, message });
}

/** Owners are wanted by the tasks to come: one who does not exist is found out now. */
function checkOwners(source: Source, staged: Staged): void {
  const check = (kind: RecordKind, line: number, column: string, owners: string[] = []) => {
    for (const owner of owners) {
      if (staged.findPerson(owner) === undefined) reportStranger(source, kind, line, column, owner);
    }
  };
  for (const { record } of staged.applications) {
    if (!record) continue;
    check('applications', record.line, 'owner_email', record.owners);
    check('applications', record.line, 'provisioner_email', record.provisioners);
  }
  for (const { record } of staged.entitlements) {
    if (record) check('entitlements', record.line, 'owner_email', record.owners);
  }
}

/** Finds people by e-mail, whatever its capitals, or by id; the source's own people come first. */
function personIndex(
  people: readonly PersonRecord[],
  outsiders: readonly Outsider[],
): Staged['findPerson'] {
  const byEmail = new Map<string, number>();
  const byId = new Map<string, number>();
  outsiders.forEach(({ email, externalId }, nth) => {
    if (email) byEmail.set(foldName(email), people.length + nth);
    if (externalId) byId.set(externalId, people.length + nth);
  });
  people.forEach(({ email, id }, nth) => {
    if (email) byEmail.set(foldName(email), nth);
    if (id) byId.set(id, nth);
  });
  const known = new Map<string, number>();
  return (reference) => {
    const seen = known.get(reference);
    if (seen !== undefined) return seen;
    const found = byEmail.get(foldName(reference)) ?? byId.get(reference);
    if (found !== undefined) known.set(reference, found);
    return found;
  };
}

/** Applications and entitlements by name, made when they are first named. */
class Catalogue {
  readonly applications: StagedApplication[] = [];
  readonly entitlements: StagedEntitlement[] = [];
  readonly #source: Source;
  readonly #apps = new Map<string, number>();
  readonly #folded = new Map<string, number>();
  /** By application name as written, then entitlement name as written: millions of grants ask. */
  readonly #exact = new Map<string, Map<string, number>>();

  constructor(source: Source) {
    this.#source = source;
  }

  addApplication(record: ApplicationRecord): void {
    const application = this.applications[this.#findApplication(record.app)];
    if (application) application.record = record;
  }

  addEntitlement(record: EntitlementRecord): void {
    const index = this.find(record.app, record.entitlement, record.line);
    const entitlement = this.entitlements[index];
    if (entitlement) entitlement.record = record;
  }

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
    else if (before.name !== name) this.#warnOfTwins(name, before.name, line);
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

  #warnOfTwins(value: string, before: string, line: number): void {
    const file = this.#source.files.grants ?? 'grants';
    const message = `this is taken to be ${JSON.stringify(before)}: names are told apart without their capitals.`;
    this.#source.warnings.add({ file, line, column: 'entitlement', value, message });
  }
}
