import type { PersonalMessage } from '../../governance/messages/messages.ts';

type Person = PersonalMessage['person'];

const storedAt = new Date('2026-01-05T08:00:00Z');

function buildPerson(id: number, name: string, jobTitle: string, department: string): Person {
  return {
    id,
    connector: 'csv',
    externalId: null,
    email: `${name.toLowerCase().replace(/\W+/g, '.')}@example.com`,
    name,
    department,
    jobTitle,
    employmentStatus: null,
    employmentType: null,
    managerRef: null,
    managerId: null,
    location: null,
    attributes: {},
    active: true,
    lastSyncRunId: null,
    createdAt: storedAt,
    closedAt: null,
    formerEmail: null,
    mergedInto: null,
    sources: {},
  };
}

/** The people in the samples. */
export const samplePeople = {
  ana: buildPerson(1, 'Ana Ruiz', 'Engineer', 'Engineering'),
  bo: buildPerson(2, 'Bo Chen', 'Engineering Manager', 'Engineering'),
  kim: buildPerson(3, 'Kim Lee', 'Systems Administrator', 'IT'),
  lee: buildPerson(4, 'Lee Park', 'Systems Administrator', 'IT'),
  dana: buildPerson(5, 'Dana Scott', 'Head of Security', 'Security'),
};
