import { type Company, grantAt } from './company.ts';

function formatCell(value: string): string {
  return /[",;\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function formatCsv(header: string, lines: string[][]): string {
  return `${[header, ...lines.map((cells) => cells.map(formatCell).join(','))].join('\n')}\n`;
}

function formatDay(date: Date | undefined): string {
  return date?.toISOString().slice(0, 10) ?? '';
}

/** Converts the company to the files that `rolemine import csv` reads: file name → text. */
export function toCsv(company: Company): Map<string, string> {
  return new Map([
    ['people.csv', formatPeople(company)],
    ['applications.csv', formatApplications(company)],
    ['entitlements.csv', formatEntitlements(company)],
    ['grants.csv', formatGrants(company)],
  ]);
}

function formatPeople({ people }: Company): string {
  return formatCsv(
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
  );
}

function formatEmails({ people }: Company, indexes: number[]): string {
  return indexes.map((index) => people[index]?.email).join(';');
}

function formatApplications(company: Company): string {
  return formatCsv(
    'app,owner_email,provisioner_email,instructions',
    company.applications.map(({ name, owners, provisioners, instructions }) => [
      name,
      formatEmails(company, owners),
      formatEmails(company, provisioners),
      instructions,
    ]),
  );
}

function formatEntitlements(company: Company): string {
  return formatCsv(
    'app,entitlement,description,category,risk,owner_email,emergency,longest_days,approvals',
    company.entitlements.map((e) => [
      company.applications[e.application]?.name ?? '',
      e.name,
      e.description,
      e.category,
      e.risk,
      formatEmails(company, e.owners),
      e.risk === 'high' ? 'yes' : 'no',
      String(e.maxGrantDays ?? ''),
      e.risk === 'high' ? '2' : '',
    ]),
  );
}

function formatGrants(company: Company): string {
  return formatCsv(
    'person,app,entitlement,granted_at,expires_at,last_used_at',
    Array.from(company.grants.person, (_, index) => {
      const grant = grantAt(company, index);
      return [
        grant.person.email,
        grant.application.name,
        grant.entitlement.name,
        formatDay(grant.grantedAt),
        formatDay(grant.expiresAt),
        formatDay(grant.lastUsedAt),
      ];
    }),
  );
}
