import type { CompanyPerson } from './people.ts';

/** The people worth being in the sandbox, as indexes of the list of people. */
export interface CastIndexes {
  /** Runs role mining: a security engineer of IT. */
  superAdmin: number;
  /** Of a team in Engineering; `employee` reports to them. */
  manager: number;
  /** Owns GitHub, and provisions it. */
  applicationOwner: number;
  /** A site reliability engineer. */
  employee: number;
  /** A manager in Operations who provisions the office doors and is not in Slack. */
  withoutSlack: number;
  /** Has left; what they held is still there. */
  inactive: number;
}

/** Casts the parts; sets what the parts ask for (who is in Slack, who has left) on the people. */
export function castPeople(people: CompanyPerson[]): CastIndexes {
  const find = (fits: (person: CompanyPerson, index: number) => boolean) => people.findIndex(fits);
  const staffOf = (department: string) => (person: CompanyPerson) =>
    person.department.startsWith(department) && person.active && person.slack === 'member';
  const first = (department: string, title: string, not: number[] = []) => {
    const isStaff = staffOf(department);
    const best = find(
      (person, index) =>
        isStaff(person) && person.jobTitle.startsWith(title) && !not.includes(index),
    );
    return best >= 0 ? best : find((person, index) => isStaff(person) && !not.includes(index));
  };

  const employee = first('Engineering', 'Site Reliability Engineer');
  const manager = people[employee]?.manager ?? 0;
  const cast = {
    superAdmin: first('IT', 'Security Engineer'),
    manager,
    applicationOwner: first('Engineering', 'Engineering Manager', [employee, manager]),
    employee,
    withoutSlack: first('Operations', 'Operations Manager', [0]),
    inactive: find(({ active }) => !active),
  };
  if (cast.inactive < 0) cast.inactive = people.length - 1;

  change(people, cast.employee, { employmentType: 'Employee', employmentStatus: 'Active' });
  change(people, cast.manager, { slack: 'member', active: true, employmentStatus: 'Active' });
  change(people, cast.withoutSlack, { slack: 'none' });
  change(people, cast.inactive, { active: false, slack: 'deactivated', employmentStatus: 'Left' });
  return cast;
}

function change(people: CompanyPerson[], index: number, to: Partial<CompanyPerson>): void {
  const person = people[index];
  if (person) Object.assign(person, to);
}
