/** Removes code blocks from Markdown, because they have no headings or links. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^(```+|~~~+).*?^\1/gms, '');
}

/**
 * Lists the anchors of the headings by GitHub's rule: lower case, hyphens for spaces, and no other characters than
 * letters, digits, hyphens and underscores. The second of two equal anchors ends in -1.
 */
export function anchorsOf(markdown: string): string[] {
  const used = new Map<string, number>();
  const headings = withoutCode(markdown).matchAll(/^ {0,3}#{1,6} +(.+?)(?: +#+)? *$/gm);
  return [...headings].map(([, heading = '']) => {
    const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
    const anchor = shown
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const count = used.get(anchor) ?? 0;
    used.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** Lists links and images to local files and their sections. An empty `target` is the document itself. */
export function linksOf(markdown: string): { target: string; section: string | undefined }[] {
  const links = withoutCode(markdown).matchAll(/\]\(([^)\s#]*)(?:#([^)\s]*))?\)/g);
  return [...links]
    .filter(([, target = '']) => !/^[a-z]+:/.test(target))
    .map(([, target = '', section]) => ({ target, section }));
}

/** Lists the paths of code in a text, such as `src/main.ts` and `test/governance/policies`. */
export function pathsOf(markdown: string): string[] {
  const paths = withoutCode(markdown).matchAll(/(?<![\w./-])(?:src|test|bench)\/[\w./-]*\w/g);
  return [...paths].map(([path]) => path);
}

/** The text below a heading, up to the next heading of the same or a higher level. @throws Error without it. */
export function sectionOf(markdown: string, heading: string): string {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && /^#/.test(line));
  if (start < 0) throw new Error(`there is no section "${heading}"`);
  const level = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 0;
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return after.slice(0, end < 0 ? after.length : end).join('\n');
}

/** Labels that a guide quotes: all that is bold. */
export function labelsOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/\*\*([^*]+)\*\*/g)].map(([, label = '']) =>
    label.replace(/\s+/g, ' '),
  );
}
