/** A spreadsheet takes text that begins like this for a formula. */
const formulaStart = /^[\s\p{Cc}]*[=+\-@\uff0b\uff0d\uff1d\uff20]/u;

/**
 * Formats a line of a CSV file (RFC 4180) for spreadsheets. A text that looks like a formula gets an apostrophe in
 * front. Numbers stay as they are.
 */
export function formatCsvLine(cells: readonly (string | number | undefined)[]): string {
  const written = cells.map((cell) => {
    if (typeof cell === 'number') return String(cell);
    const text = cell ?? '';
    const safe = formulaStart.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${written.join(',')}\r\n`;
}
