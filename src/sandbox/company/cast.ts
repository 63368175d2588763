import type { CompanyPerson } from './people.ts';

/** The people suggested for a tour of the sandbox, as indexes into the list of people. */
export interface CastIndexes {
  /** A security engineer in IT; runs role mining. */
  superAdmin: number;
  /** Leads a team in Engineering, with `employee` in it. */
  manager: number;
  /** Owns and provisions GitHub. */
  applicationOwner: number;
  /** A site reliability engineer. */
  employee: number;
  /** A manager in Operations without Slack; provisions the office doors. */
  withoutSlack: number;
  /** Has left; their grants remain. */
  inactive: number;
}

/**
 * Chooses the cast, and changes these people as their roles require (Slack account, employment).
 */
export function castPeople(people: CompanyPerson[]): CastIndexes {
  const find = (matches: (person: CompanyPerson, index: number) => boolean) =>
    people.findIndex(matches);
  const createStaffFilter = (department: string) => (person: CompanyPerson) =>
    person.department.startsWith(department) && person.active && person.slack === 'member';
  const findFirst = (department: string, title: string, not: number[] = []) => {
    const isStaff = createStaffFilter(department);
    const best = find(
      (person, index) =>
        isStaff(person) && person.jobTitle.startsWith(title) && !not.includes(index),
    );
    return best >= 0 ? best : find((person, index) => isStaff(person) && !not.includes(index));
  };

  const employee = findFirst('Engineering', 'Site Reliability Engineer');
  const manager = people[employee]?.manager ?? 0;
  const cast = {
    superAdmin: findFirst('IT', 'Security Engineer'),
    manager,
    applicationOwner: findFirst('Engineering', 'Engineering Manager', [employee, manager]),
    employee,
    withoutSlack: findFirst('Operations', 'Operations Manager', [0]),
    inactive: find(({ active }) => !active),
  };
  if (cast.inactive < 0) cast.inactive = people.length - 1;

  updatePerson(people, cast.employee, { employmentType: 'Employee', employmentStatus: 'Active' });
  updatePerson(people, cast.manager, { slack: 'member', active: true, employmentStatus: 'Active' });
  updatePerson(people, cast.withoutSlack, { slack: 'none' });
  updatePerson(people, cast.inactive, {
    active: false,
    slack: 'deactivated',
    employmentStatus: 'Left',
  });
  return cast;
}

function updatePerson(
  people: CompanyPerson[],
  index: number,
  changes: Partial<CompanyPerson>,
): void {
  const person = people[index];
  if (person) Object.assign(person, changes);
}
