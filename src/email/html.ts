import { escapeHtml } from '../text.ts';
import type { FooterLine, MailParts, Part } from './parts.ts';

const font =
  "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

// Inline styles carry the light colours, since several clients drop the style element; where it is kept, the
// dark ones take over. [data-ogsc] is what Outlook on the web and on phones sets in its dark mode.
const dark: [selector: string, style: string][] = [
  ['.page', 'background:#17181c !important'],
  ['.sheet', 'background:#212329 !important;border-color:#3a3d46 !important'],
  ['.text', 'color:#ececf0 !important'],
  ['.quiet', 'color:#a9abb6 !important'],
  ['.rule', 'border-color:#5d6170 !important'],
  ['.where', 'background:#2b2e37 !important;border-color:#8ab4f8 !important'],
  ['.link', 'color:#8ab4f8 !important'],
  ['.first', 'background:#8ab4f8 !important;border-color:#8ab4f8 !important'],
  ['.first a', 'color:#10131a !important'],
  ['.other', 'background:#212329 !important;border-color:#a9abb6 !important'],
  ['.other a', 'color:#ececf0 !important'],
];
// Two long verbs do not fit side by side on a phone.
const phone =
  '@media (max-width:480px){.buttons{width:100% !important}.button{display:block !important;margin:0 0 10px !important}.gap{display:none !important}.edge{padding-left:18px !important;padding-right:18px !important}}';
const style = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
  `@media (prefers-color-scheme:dark){${dark.map(([to, what]) => `${to}{${what}}`).join('')}}`,
  phone,
].join('\n');
// An element of its own, since Gmail drops a whole one for a selector that it does not know.
const outlookStyle = dark.map(([to, what]) => `[data-ogsc] ${to}{${what}}`).join('\n');

// Outlook on Windows knows no max-width: it gets a table around.
const outlookWidth =
  '<!--[if mso]><table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->';
const outlookEnd = '<!--[if mso]></td></tr></table><![endif]-->';

/**
 * The mail as HTML: nested tables and inline styles for Outlook and Gmail, nothing loaded from anywhere.
 * @param preview what a list of mails shows after the subject
 */
export function htmlMail(parts: MailParts, footer: readonly FooterLine[], preview: string): string {
  const under = parts.under ? paragraph(parts.under, 'quiet', 'margin:4px 0 0;font-size:14px') : '';
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
${outlookWidth}
<table role="presentation" class="sheet" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#ffffff;border:1px solid #dfe1e6;border-radius:8px">
<tr><td class="edge" style="padding:24px;text-align:left;${font};font-size:16px;line-height:1.5">
<h1 class="text" dir="auto" style="margin:0;font-size:20px;line-height:1.3;font-weight:600;color:#1d1e22;overflow-wrap:anywhere">${escapeHtml(parts.title)}</h1>
${under}
${parts.body.map(htmlOf).join('\n')}
</td></tr>
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px">
<tr><td class="edge" style="padding:8px 24px;text-align:left;${font}">
${footer.map(footerLine).join('\n')}
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

function footerLine({ text, link }: FooterLine): string {
  const words = broken(text) + (link ? ` ${anchor(link.url, link.text)}` : '');
  return `<p class="quiet" dir="auto" style="${footerStyle};${colours.quiet};overflow-wrap:anywhere">${words}</p>`;
}

const colours = { text: 'color:#1d1e22', quiet: 'color:#5b5e6b' } as const;

function htmlOf(part: Part): string {
  switch (part.type) {
    case 'quote':
      return quote(part.label, part.text);
    case 'facts':
      return facts(part.facts);
    case 'lines':
      return part.lines
        .map((line) => paragraph(line, part.quiet ? 'quiet' : 'text', 'margin:12px 0 0'))
        .join('\n');
    case 'rows':
      return part.rows.map(row).join('\n');
    case 'where':
      return box(
        'where',
        'background:#eef3fd;border-left:4px solid #1a5fd0;padding:12px 16px',
        part.text,
      );
    case 'buttons':
      return buttons(part);
  }
}

function paragraph(text: string, colour: keyof typeof colours, more: string): string {
  return `<p class="${colour}" dir="auto" style="${more};${colours[colour]};overflow-wrap:anywhere">${broken(text)}</p>`;
}

function quote(label: string | undefined, text: string): string {
  const top = label ? 4 : 16;
  const head = label ? paragraph(label, 'quiet', 'margin:16px 0 0;font-size:14px') : '';
  return `${head}${box('rule', 'border-left:4px solid #c4c7d0;padding:2px 0 2px 16px', text, top)}`;
}

/** A table, because Outlook on Windows ignores the padding of other elements. */
function box(name: 'rule' | 'where', look: string, text: string, top = 16): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:${top}px 0 0"><tr>
<td class="${name} text" dir="auto" style="${look};${font};font-size:16px;line-height:1.5;${colours.text};overflow-wrap:anywhere">${broken(text)}</td>
</tr></table>`;
}

function facts(list: [string, string][]): string {
  const rows = list.map(
    ([label, value]) => `<tr>
<th class="quiet" scope="row" align="left" valign="top" style="padding:4px 16px 4px 0;${font};font-size:14px;line-height:24px;font-weight:400;text-align:left;white-space:nowrap;${colours.quiet}">${escapeHtml(label)}</th>
<td class="text" dir="auto" valign="top" width="100%" style="padding:4px 0;${font};font-size:16px;line-height:24px;${colours.text};overflow-wrap:anywhere">${escapeHtml(value)}</td>
</tr>`,
  );
  return `<table cellpadding="0" cellspacing="0" border="0" width="100%" style="margin:16px 0 0">
${rows.join('\n')}
</table>`;
}

function row({ title, detail, url }: { title: string; detail?: string; url?: string | undefined }) {
  const look = detail ? 'margin:16px 0 0;font-weight:600' : 'margin:8px 0 0';
  const words = url ? anchor(url, title) : broken(title);
  const head = `<p class="text" dir="auto" style="${look};${colours.text};overflow-wrap:anywhere">${words}</p>`;
  return detail ? `${head}\n${paragraph(detail, 'quiet', 'margin:2px 0 0;font-size:14px')}` : head;
}

function anchor(url: string, text: string): string {
  return `<a class="link" href="${escapeHtml(url)}" style="color:#1a5fd0;text-decoration:underline">${escapeHtml(text)}</a>`;
}

/**
 * Links that look like buttons. The cell has the colour, so that it is a button in Outlook on Windows, too, which
 * knows no padding of links: mso-padding-alt is what it reads instead.
 */
function buttons({ labels, url, note }: Extract<Part, { type: 'buttons' }>): string {
  const cells = labels.map((label, at) => {
    const [name, fill, line, colour] =
      at === 0
        ? ['first', '#1a5fd0', '#1a5fd0', '#ffffff']
        : ['other', '#ffffff', '#5b5e6b', '#1d1e22'];
    return `<td class="button ${name}" align="center" bgcolor="${fill}" style="background:${fill};border:1px solid ${line};border-radius:6px;mso-padding-alt:11px 22px"><a href="${escapeHtml(url)}" style="display:block;padding:11px 22px;${font};font-size:16px;line-height:20px;font-weight:600;text-decoration:none;color:${colour}">${escapeHtml(label)}</a></td>`;
  });
  const gap = '<td class="gap" width="12" style="width:12px;font-size:1px">&#160;</td>';
  const row = `<table role="presentation" class="buttons" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0 0;border-collapse:separate"><tr>
${cells.join(`\n${gap}\n`)}
</tr></table>`;
  return note ? `${row}\n${paragraph(note, 'quiet', 'margin:10px 0 0;font-size:14px')}` : row;
}

function broken(text: string): string {
  return escapeHtml(text).replace(/\n/g, '<br>\n');
}
