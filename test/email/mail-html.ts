import { SaxesParser } from 'saxes';

/** What a reader of the HTML sees. */
export function seen(html: string): string {
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

/** The names of the elements, once each. @throws where something is not closed or not escaped. */
export function elementsOf(html: string): string[] {
  const names = new Set<string>();
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => void names.add(name));
  // The two elements that HTML does not close.
  parser.write(html.replace(/<(meta|br)([^>]*)>/g, '<$1$2/>')).close();
  return [...names].sort();
}

/** The addresses of its links, once each. */
export function linksOf(html: string): string[] {
  return [...new Set([...html.matchAll(/href="([^"]*)"/g)].map(([, url = '']) => url))];
}

/** The contrast of two colours (#rrggbb) by WCAG 2.2: 4.5 is enough for text. */
export function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
