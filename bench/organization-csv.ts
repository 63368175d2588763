import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessMatrix } from '../src/mining/matrix/matrix.ts';

/** Columns of people.csv by the organization's attributes. */
const headings: Record<string, string> = {
  title: 'job_title',
  status: 'employment_status',
  manager: 'manager_email',
};

const toEntitlementName = (entitlement: number) =>
  `App ${Math.floor(entitlement / 50)},Right ${entitlement}`;

/** Writes people.csv, entitlements.csv and grants.csv of an organization into a folder. */
export function writeCsv(matrix: AccessMatrix, folder: string): void {
  const { columns, offsets, items } = matrix;
  const head = columns.map(({ dimension }) => headings[dimension] ?? dimension);
  writeLines(join(folder, 'people.csv'), `email,name,${head}`, matrix.people, (person) => {
    const values = columns.map(({ dimension, values, codes }) => {
      const place = codes[person]! - 1;
      return dimension === 'manager' ? `p${place}@acme.example` : values[place];
    });
    return `p${person}@acme.example,Person ${person},${values}\n`;
  });
  writeLines(
    join(folder, 'entitlements.csv'),
    'app,entitlement,approvals',
    matrix.entitlements,
    (entitlement) => `${toEntitlementName(entitlement)},${entitlement % 4}\n`,
  );
  const names = Array.from({ length: matrix.entitlements }, (_, at) => toEntitlementName(at));
  writeLines(join(folder, 'grants.csv'), 'person,app,entitlement', matrix.people, (person) => {
    let rows = '';
    for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
      rows += `p${person}@acme.example,${names[items[i]!]}\n`;
    }
    return rows;
  });
}

function writeLines(path: string, head: string, count: number, formatRows: (at: number) => string) {
  const file = openSync(path, 'w');
  writeSync(file, `${head}\n`);
  for (let at = 0; at < count; at++) writeSync(file, formatRows(at));
  closeSync(file);
}
