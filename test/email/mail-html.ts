import { SaxesParser } from 'saxes';

/** Reads the text that a reader of the HTML sees. */
export function readVisibleText(html: string): string {
  return html
    .replace(/<(head|style)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}

/** Lists the names of the elements, once each. @throws Error where an element is not closed or text not escaped. */
export function listElements(html: string): string[] {
  const names = new Set<string>();
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => void names.add(name));
  // HTML has no end tags for these two.
  parser.write(html.replace(/<(meta|br)([^>]*)>/g, '<$1$2/>')).close();
  return [...names].sort();
}

/** Lists the targets of all links, once each. */
export function listLinks(html: string): string[] {
  return [...new Set([...html.matchAll(/href="([^"]*)"/g)].map(([, url = '']) => url))];
}

/** Computes the contrast ratio of two colors (#rrggbb) by WCAG 2.2. Text needs 4.5. */
export function computeContrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [computeLuminance(one), computeLuminance(other)].sort(
    (a, b) => b - a,
  );
  return (light + 0.05) / (dark + 0.05);
}

function computeLuminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
