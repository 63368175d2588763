/** What a spreadsheet would take for a formula, or for the start of another cell or line. */
const isFormula = /^[\s\p{Cc}]*[=+\-@\uff0b\uff0d\uff1d\uff20]/u;

/**
 * A line of a CSV file (RFC 4180) for people with spreadsheets: a text that begins as a formula would begins with an
 * apostrophe instead. Numbers stay as they are.
 */
export function formatCsvLine(cells: readonly (string | number | undefined)[]): string {
  const written = cells.map((cell) => {
    if (typeof cell === 'number') return String(cell);
    const text = cell ?? '';
    const safe = isFormula.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${written.join(',')}\r\n`;
}
