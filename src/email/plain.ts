import type { FooterLine, MailParts, Part } from './parts.ts';

/** RFC 5322 allows 998 bytes a line; a character of UTF-8 takes up to three a UTF-16 unit. */
const lineMax = 300;

/** The mail as plain text. */
export function plainMail(parts: MailParts, footer: readonly FooterLine[]): string {
  const blocks = [
    [parts.title, ...(parts.under ? [parts.under] : [])],
    ...parts.body.map(linesOf),
    ['-- ', ...footer.flatMap(({ text, link }) => (link ? [text, link.url] : [text]))],
  ];
  return `${blocks.map((lines) => lines.flatMap(fold).join('\n')).join('\n\n')}\n`;
}

function linesOf(part: Part): string[] {
  switch (part.type) {
    case 'quote':
      return [
        ...(part.label ? [`${part.label}:`] : []),
        ...part.text
          .split('\n')
          .flatMap(fold)
          .map((line) => `> ${line}`),
      ];
    case 'facts':
      return part.facts.map(([label, value]) => `${label}: ${value}`);
    case 'lines':
      return part.lines;
    case 'rows':
      return part.rows.flatMap(({ title, detail, url }) => [
        `* ${title}`,
        ...[detail, url].flatMap((line) => (line ? [`  ${line}`] : [])),
      ]);
    case 'where':
      return [part.text];
    case 'buttons':
      // An address is on a line of its own, where no mail program takes a full stop for its end.
      return [`${part.labels.join(' or ')}:`, part.url, ...(part.note ? [part.note] : [])];
  }
}

function fold(line: string): string[] {
  const folded: string[] = [];
  let rest = line;
  while (rest.length > lineMax) {
    const space = rest.lastIndexOf(' ', lineMax);
    // Without a space, any place will do that is not inside a surrogate pair.
    const hard = /[\ud800-\udbff]/.test(rest.charAt(lineMax - 1)) ? lineMax - 1 : lineMax;
    const end = space > 0 ? space : hard;
    folded.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...folded, rest];
}
