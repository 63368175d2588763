import { type Company, grantAt } from './company.ts';

function cell(value: string): string {
  return /[",;\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function csv(header: string, lines: string[][]): string {
  return `${[header, ...lines.map((cells) => cells.map(cell).join(','))].join('\n')}\n`;
}

function isoDay(date: Date | undefined): string {
  return date?.toISOString().slice(0, 10) ?? '';
}

/** The company as the files that `rolemine import csv` reads: file name → text. */
export function toCsv(company: Company): Map<string, string> {
  const { people, applications, entitlements, grants } = company;
  const emails = (indexes: number[]) => indexes.map((index) => people[index]?.email).join(';');
  return new Map([
    [
      'people.csv',
      csv(
        'email,name,department,job_title,employment_status,employment_type,manager_email,location,active,cost_center',
        people.map((p) => [
          p.email,
          p.name,
          p.department,
          p.jobTitle,
          p.employmentStatus,
          p.employmentType,
          p.manager === undefined ? '' : (people[p.manager]?.email ?? ''),
          p.location,
          String(p.active),
          p.costCenter,
        ]),
      ),
    ],
    [
      'applications.csv',
      csv(
        'app,owner_email,provisioner_email,instructions',
        applications.map((a) => [a.name, emails(a.owners), emails(a.provisioners), a.instructions]),
      ),
    ],
    [
      'entitlements.csv',
      csv(
        'app,entitlement,description,category,risk,owner_email,emergency,longest_days,approvals',
        entitlements.map((e) => [
          applications[e.application]?.name ?? '',
          e.name,
          e.description,
          e.category,
          e.risk,
          emails(e.owners),
          e.risk === 'high' ? 'yes' : 'no',
          String(e.maxGrantDays ?? ''),
          e.risk === 'high' ? '2' : '',
        ]),
      ),
    ],
    [
      'grants.csv',
      csv(
        'person,app,entitlement,granted_at,expires_at,last_used_at',
        Array.from(grants.person, (_, index) => {
          const grant = grantAt(company, index);
          return [
            grant.person.email,
            grant.application.name,
            grant.entitlement.name,
            isoDay(grant.grantedAt),
            isoDay(grant.expiresAt),
            isoDay(grant.lastUsedAt),
          ];
        }),
      ),
    ],
  ]);
}
