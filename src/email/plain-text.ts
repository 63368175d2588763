import type { FooterLine, MailParts, Part } from './parts.ts';

/** RFC 5322 allows 998 bytes a line, and UTF-8 needs up to three bytes for one UTF-16 unit. */
const maxLineLength = 300;

/** Renders a mail as plain text. */
export function renderPlainText(parts: MailParts, footer: readonly FooterLine[]): string {
  const blocks = [
    [parts.title, ...(parts.subtitle ? [parts.subtitle] : [])],
    ...parts.body.map(listLines),
    ['-- ', ...footer.flatMap(({ text, link }) => (link ? [text, link.url] : [text]))],
  ];
  return `${blocks.map((lines) => lines.flatMap(foldLine).join('\n')).join('\n\n')}\n`;
}

function listLines(part: Part): string[] {
  switch (part.type) {
    case 'quote':
      return [
        ...(part.label ? [`${part.label}:`] : []),
        ...part.text
          .split('\n')
          .flatMap(foldLine)
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
    case 'place':
      return [part.text];
    case 'buttons':
      // The URL has a line of its own. Within a sentence, some mail programs make the period part of it.
      return [
        ...part.buttons.flatMap(({ label, url }) => [`${label}:`, url]),
        ...(part.note ? [part.note] : []),
      ];
  }
}

function foldLine(line: string): string[] {
  const folded: string[] = [];
  let rest = line;
  while (rest.length > maxLineLength) {
    const space = rest.lastIndexOf(' ', maxLineLength);
    // A text without spaces breaks anywhere but inside a surrogate pair.
    const endsInPair = /[\ud800-\udbff]/.test(rest.charAt(maxLineLength - 1));
    const hardEnd = endsInPair ? maxLineLength - 1 : maxLineLength;
    const end = space > 0 ? space : hardEnd;
    folded.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...folded, rest];
}
