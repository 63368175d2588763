/**
 * "Department: Finance" for a suggestion named by one value; "Finance in Lyon — department Finance and location Lyon"
 * for a longer rule; the name alone if the words repeat it.
 */
export function formatSuggestionTitle({ name, words }: { name: string; words: string }): string {
  if (name.toLowerCase() === words.toLowerCase()) return name;
  if (!words.endsWith(` ${name}`)) return `${name} — ${words}`;
  const attribute = words.slice(0, -name.length - 1);
  return `${attribute.charAt(0).toUpperCase()}${attribute.slice(1)}: ${name}`;
}
