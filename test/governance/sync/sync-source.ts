import { createProblemLog } from '../../../src/connectors/problems.ts';
import type {
  ApplicationRecord,
  EntitlementRecord,
  GrantRecord,
  PersonRecord,
  Source,
} from '../../../src/connectors/records.ts';

export interface Content {
  people: Partial<PersonRecord>[];
  applications?: Omit<ApplicationRecord, 'line'>[];
  entitlements?: Omit<EntitlementRecord, 'line'>[];
  /** `person app entitlement` */
  grants?: (string | Omit<GrantRecord, 'line'>)[];
}

/** A source with these records, on lines from 2 like a CSV file. */
export function sourceOf(content: Content, name = 'csv'): Source {
  const grantOf = (grant: string | Omit<GrantRecord, 'line'>) => {
    if (typeof grant !== 'string') return grant;
    const [person = '', app = '', entitlement = ''] = grant.split(' ');
    return { person, app, entitlement };
  };
  const lined = async function* <T extends object>(list: T[] = []) {
    yield list.map((record, index) => ({ ...record, line: index + 2 }));
  };
  return {
    name,
    files: { people: 'people.csv', grants: 'grants.csv', applications: 'applications.csv' },
    people: () =>
      lined(content.people.map((one) => ({ active: true, attributes: {}, line: 0, ...one }))),
    applications: () => lined(content.applications),
    entitlements: () => lined(content.entitlements),
    grants: () => lined((content.grants ?? []).map(grantOf)),
    problems: createProblemLog(),
    warnings: createProblemLog(),
  };
}

export const ana = { email: 'ana@acme.example', name: 'Ana Ruiz', department: 'Engineering' };
export const bo = { email: 'bo@acme.example', name: 'Bo Chen', department: 'Engineering' };
