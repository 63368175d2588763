import type { PersonalMessage } from '../../governance/messages/messages.ts';

type Person = PersonalMessage['person'];

const start = new Date('2026-01-05T08:00:00Z');

function person(id: number, name: string, jobTitle: string, department: string): Person {
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
    createdAt: start,
    closedAt: null,
  };
}

/** The company of the samples. */
export const cast = {
  ana: person(1, 'Ana Ruiz', 'Engineer', 'Engineering'),
  bo: person(2, 'Bo Chen', 'Engineering Manager', 'Engineering'),
  kim: person(3, 'Kim Lee', 'Systems Administrator', 'IT'),
  lee: person(4, 'Lee Park', 'Systems Administrator', 'IT'),
  dana: person(5, 'Dana Scott', 'Head of Security', 'Security'),
};
