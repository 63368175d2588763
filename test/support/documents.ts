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
