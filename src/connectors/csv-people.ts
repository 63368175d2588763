import { type Cells, createCellsReader, type RecordReader, type Sheet } from './csv-cells.ts';
import type { Column, Header } from './csv-columns.ts';
import type { PersonRow } from './csv-repeated-people.ts';
import type { Row } from './csv-rows.ts';
import { isBlank, isEmail, isLeaving, readActive } from './csv-values.ts';
import type { PersonRecord } from './records.ts';

/** Text columns of people, and the fields of the record that they fill. */
const textColumns = [
  ['name', 'name'],
  ['department', 'department'],
  ['job_title', 'jobTitle'],
  ['employment_status', 'employmentStatus'],
  ['employment_type', 'employmentType'],
  ['manager_email', 'managerRef'],
  ['location', 'location'],
] as const satisfies readonly (readonly [Column, keyof PersonRecord])[];

export const personReader: RecordReader<PersonRow> = (sheet) => {
  const readCells = createCellsReader(sheet);
  return (row) => {
    const cells = readCells(row);
    const key = cells && readPersonKey(cells);
    if (!cells || !key) {
      rememberUnread(sheet, row);
      return undefined;
    }
    const record: PersonRecord = {
      line: row.line,
      ...key,
      ...readState(cells, sheet, row),
      attributes: readAttributes(sheet.header, row),
    };
    for (const [column, field] of textColumns) {
      const value = cells.get(column);
      if (value !== '' && !(field === 'managerRef' && isBlank(value))) record[field] = value;
    }
    return { file: sheet.file, record, text: row.values.join('\n') };
  };
};

/** @returns undefined for a row without a key, which is skipped. */
function readPersonKey(cells: Cells): Pick<PersonRecord, 'id' | 'email'> | undefined {
  const [email, id] = [cells.get('email'), cells.get('id')];
  const key: Pick<PersonRecord, 'id' | 'email'> = {};
  if (!isBlank(id)) key.id = id;
  if (isEmail(email)) key.email = email;
  const isWrong = !isBlank(email) && key.email === undefined;
  if (key.id !== undefined && isWrong) cells.warn('email', 'this is not an e-mail address.');
  if (key.id !== undefined || key.email !== undefined) return key;
  const message = isWrong
    ? 'this is not an e-mail address.'
    : 'this person has neither e-mail nor id.';
  cells.skip('email', message);
  return undefined;
}

/** Remembers the person of a row that cannot be read: that they are missing does not mean that they left. */
function rememberUnread({ header, unreadPeople }: Sheet, { values }: Row): void {
  for (const column of ['email', 'id', 'name'] as const) {
    const value = values[header.at[column] ?? -1]?.trim();
    if (value) unreadPeople.add(value.toLowerCase());
  }
}

/** Reads whether the person is active, from `active` and from the words of status columns. */
function readState(
  cells: Cells,
  { header, file, warnings }: Sheet,
  { values }: Row,
): Pick<PersonRecord, 'active' | 'leftBy' | 'isStateUnread'> {
  const text = cells.get('active');
  if (isLeaving(text)) return { active: false, leftBy: text };
  const written = isBlank(text) ? undefined : readActive(text);
  if (written === false) return { active: false };
  const status = header.states
    .map(({ index, name }) => ({ column: name, value: values[index]?.trim() ?? '' }))
    .find(({ value }) => isLeaving(value));
  if (status) {
    const message = 'this counts as left, although the column active says yes.';
    if (written) warnings.add({ file, line: cells.line, ...status, message });
    return { active: false, leftBy: status.value };
  }
  const isUnknown = !isBlank(text) && written === undefined;
  if (isUnknown) cells.warn('active', 'write yes or no.');
  const columns = [header.at.active ?? -1, ...header.states.map(({ index }) => index)];
  const isStateUnread = isUnknown || columns.some(cells.isCut);
  return isStateUnread ? { active: true, isStateUnread } : { active: true };
}

function readAttributes({ attributes }: Header, { values }: Row): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { index, name } of attributes) {
    const value = values[index]?.trim();
    if (value) texts[name] = value;
  }
  return texts;
}
