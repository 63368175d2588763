import { escapeHtml } from '../text.ts';
import type { FooterLine, MailParts, Part } from './parts.ts';

const font =
  "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

// Inline styles carry the light colors, because several clients drop the style element. Clients that keep it
// apply these dark colors.
const darkStyles: [selector: string, style: string][] = [
  ['.page', 'background:#17181c !important'],
  ['.sheet', 'background:#212329 !important;border-color:#3a3d46 !important'],
  ['.text', 'color:#ececf0 !important'],
  ['.quiet', 'color:#a9abb6 !important'],
  ['.rule', 'border-color:#5d6170 !important'],
  ['.place', 'background:#2b2e37 !important;border-color:#8ab4f8 !important'],
  ['.link', 'color:#8ab4f8 !important'],
  ['.first', 'background:#8ab4f8 !important;border-color:#8ab4f8 !important'],
  ['.first a', 'color:#10131a !important'],
  ['.other', 'background:#212329 !important;border-color:#a9abb6 !important'],
  ['.other a', 'color:#ececf0 !important'],
];
// Two long verbs do not fit side by side on a phone.
const phoneStyle =
  '@media (max-width:480px){.buttons{width:100% !important}.button{display:block !important;margin:0 0 10px !important}.gap{display:none !important}.edge{padding-left:18px !important;padding-right:18px !important}}';
const style = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
  `@media (prefers-color-scheme:dark){${darkStyles.map(([selector, rules]) => `${selector}{${rules}}`).join('')}}`,
  phoneStyle,
].join('\n');
// Outlook on the web and on phones sets [data-ogsc] in its dark mode. These rules need a style element of their
// own, because Gmail drops a whole element for a selector that it does not know.
const outlookStyle = darkStyles
  .map(([selector, rules]) => `[data-ogsc] ${selector}{${rules}}`)
  .join('\n');

// Outlook on Windows does not know max-width, so a table of fixed width surrounds the mail there.
const outlookStart =
  '<!--[if mso]><table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->';
const outlookEnd = '<!--[if mso]></td></tr></table><![endif]-->';

/**
 * Renders a mail as HTML, with nested tables and inline styles for Outlook and Gmail. It loads nothing.
 * @param preview the text that a list of mails shows after the subject
 */
export function renderHtml(
  parts: MailParts,
  footer: readonly FooterLine[],
  preview: string,
): string {
  const subtitle = parts.subtitle
    ? renderParagraph(parts.subtitle, 'quiet', 'margin:4px 0 0;font-size:14px')
    : '';
  return `<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(parts.title)}</title>
<meta name="x-apple-disable-message-reformatting">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<style>
${style}
</style>
<style>
${outlookStyle}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escapeHtml(preview)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6">
<tr><td align="center" style="padding:24px 12px">
${outlookStart}
<table role="presentation" class="sheet" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#ffffff;border:1px solid #dfe1e6;border-radius:8px">
<tr><td class="edge" style="padding:24px;text-align:left;${font};font-size:16px;line-height:1.5">
<h1 class="text" dir="auto" style="margin:0;font-size:20px;line-height:1.3;font-weight:600;color:#1d1e22;overflow-wrap:anywhere">${escapeHtml(parts.title)}</h1>
${subtitle}
${parts.body.map(renderPart).join('\n')}
</td></tr>
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px">
<tr><td class="edge" style="padding:8px 24px;text-align:left;${font}">
${footer.map(renderFooterLine).join('\n')}
</td></tr>
</table>
${outlookEnd}
</td></tr>
</table>
</body>
</html>
`;
}

const footerStyle = 'margin:8px 0 0;font-size:13px;line-height:1.5';

function renderFooterLine({ text, link }: FooterLine): string {
  const words = renderLines(text) + (link ? ` ${renderLink(link.url, link.text)}` : '');
  return `<p class="quiet" dir="auto" style="${footerStyle};${textColors.quiet};overflow-wrap:anywhere">${words}</p>`;
}

const textColors = { text: 'color:#1d1e22', quiet: 'color:#5b5e6b' } as const;

function renderPart(part: Part): string {
  switch (part.type) {
    case 'quote':
      return renderQuote(part.label, part.text);
    case 'facts':
      return renderFacts(part.facts);
    case 'lines':
      return part.lines
        .map((line) => renderParagraph(line, part.quiet ? 'quiet' : 'text', 'margin:12px 0 0'))
        .join('\n');
    case 'rows':
      return part.rows.map(renderRow).join('\n');
    case 'place':
      return renderBox(
        'place',
        'background:#eef3fd;border-left:4px solid #1a5fd0;padding:12px 16px',
        part.text,
      );
    case 'buttons':
      return renderButtons(part);
  }
}

function renderParagraph(text: string, color: keyof typeof textColors, style: string): string {
  return `<p class="${color}" dir="auto" style="${style};${textColors[color]};overflow-wrap:anywhere">${renderLines(text)}</p>`;
}

function renderQuote(label: string | undefined, text: string): string {
  const marginTop = label ? 4 : 16;
  const head = label ? renderParagraph(label, 'quiet', 'margin:16px 0 0;font-size:14px') : '';
  return `${head}${renderBox('rule', 'border-left:4px solid #c4c7d0;padding:2px 0 2px 16px', text, marginTop)}`;
}

/** Renders a table, because Outlook on Windows ignores the padding of other elements. */
function renderBox(name: 'rule' | 'place', boxStyle: string, text: string, marginTop = 16): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:${marginTop}px 0 0"><tr>
<td class="${name} text" dir="auto" style="${boxStyle};${font};font-size:16px;line-height:1.5;${textColors.text};overflow-wrap:anywhere">${renderLines(text)}</td>
</tr></table>`;
}

function renderFacts(facts: [string, string][]): string {
  const rows = facts.map(
    ([label, value]) => `<tr>
<th class="quiet" scope="row" align="left" valign="top" style="padding:4px 16px 4px 0;${font};font-size:14px;line-height:24px;font-weight:400;text-align:left;white-space:nowrap;${textColors.quiet}">${escapeHtml(label)}</th>
<td class="text" dir="auto" valign="top" width="100%" style="padding:4px 0;${font};font-size:16px;line-height:24px;${textColors.text};overflow-wrap:anywhere">${escapeHtml(value)}</td>
</tr>`,
  );
  return `<table cellpadding="0" cellspacing="0" border="0" width="100%" style="margin:16px 0 0">
${rows.join('\n')}
</table>`;
}

function renderRow({
  title,
  detail,
  url,
}: {
  title: string;
  detail?: string;
  url?: string | undefined;
}) {
  const titleStyle = detail ? 'margin:16px 0 0;font-weight:600' : 'margin:8px 0 0';
  const words = url ? renderLink(url, title) : renderLines(title);
  const head = `<p class="text" dir="auto" style="${titleStyle};${textColors.text};overflow-wrap:anywhere">${words}</p>`;
  return detail
    ? `${head}\n${renderParagraph(detail, 'quiet', 'margin:2px 0 0;font-size:14px')}`
    : head;
}

function renderLink(url: string, text: string): string {
  return `<a class="link" href="${escapeHtml(url)}" style="color:#1a5fd0;text-decoration:underline">${escapeHtml(text)}</a>`;
}

/**
 * Renders links that boxStyle like buttons. The table cell has the color, because Outlook on Windows ignores the padding
 * of links. It reads mso-padding-alt of the cell instead.
 */
function renderButtons({ buttons, note }: Extract<Part, { type: 'buttons' }>): string {
  const cells = buttons.map(({ label, url }, at) => {
    const [name, fill, line, color] =
      at === 0
        ? ['first', '#1a5fd0', '#1a5fd0', '#ffffff']
        : ['other', '#ffffff', '#5b5e6b', '#1d1e22'];
    return `<td class="button ${name}" align="center" bgcolor="${fill}" style="background:${fill};border:1px solid ${line};border-radius:6px;mso-padding-alt:11px 22px"><a href="${escapeHtml(url)}" style="display:block;padding:11px 22px;${font};font-size:16px;line-height:20px;font-weight:600;text-decoration:none;color:${color}">${escapeHtml(label)}</a></td>`;
  });
  const gap = '<td class="gap" width="12" style="width:12px;font-size:1px">&#160;</td>';
  const row = `<table role="presentation" class="buttons" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0 0;border-collapse:separate"><tr>
${cells.join(`\n${gap}\n`)}
</tr></table>`;
  return note ? `${row}\n${renderParagraph(note, 'quiet', 'margin:10px 0 0;font-size:14px')}` : row;
}

/** Escapes text and keeps its line breaks. */
function renderLines(text: string): string {
  return escapeHtml(text).replace(/\n/g, '<br>\n');
}
