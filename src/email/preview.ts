import { createTransport } from 'nodemailer';
import { escapeHtml } from '../text.ts';
import { buildHeaders, findTaskId } from './headers.ts';
import type { MailLinks } from './parts.ts';
import { type RenderedMail, type RenderOptions, renderMail } from './render.ts';
import { listSampleMails } from './samples/messages.ts';
import type { SampleMail } from './samples/sample-mail.ts';
import { parseSender } from './transport.ts';

interface File {
  name: string;
  content: string | Buffer;
}

type PreviewOptions = RenderOptions & { from: string };

/**
 * Writes a sample of every kind of mail, with made-up content: HTML, plain text and the whole message with its
 * headers. A page `index.html` lists them. Links in the samples do not work.
 * @param options.from `Rolemine <rolemine@example.com>`
 */
export async function previewMails(options: PreviewOptions): Promise<File[]> {
  const files: File[] = [];
  const items: string[] = [];
  for (const sample of listSampleMails()) {
    const { name, about } = sample;
    const { subject, html, text, message } = await buildMail(sample, options);
    files.push(
      { name: `${name}.html`, content: html },
      { name: `${name}.txt`, content: text },
      { name: `${name}.eml`, content: message },
    );
    items.push(
      `<li><a href="${name}.html">${escapeHtml(about)}</a> <small>${escapeHtml(subject)} (<a href="${name}.txt">text</a>, <a href="${name}.eml">message</a>)</small></li>`,
    );
  }
  return [...files, { name: 'index.html', content: renderIndexPage(items) }];
}

async function buildMail(
  { name, personalMessage }: SampleMail,
  { from, ...options }: PreviewOptions,
): Promise<RenderedMail & { message: Buffer }> {
  const links = createSampleLinks(options.publicUrl ?? 'https://rolemine.example.com');
  const mail = renderMail(personalMessage, { ...options, links });
  if (!mail) throw new Error(`the sample ${name} is a message that is never mailed`);
  const sender = parseSender(from);
  const headers = buildHeaders(personalMessage, {
    sender: sender.address,
    replyTo: options.replyTo,
    thread:
      findTaskId(personalMessage) === undefined ? [] : [`<first@${sender.address.split('@')[1]}>`],
    links,
  });
  const { person } = personalMessage;
  const to = { name: person.name, address: person.email ?? '' };
  const transport = createTransport({ streamTransport: true, buffer: true });
  const { message } = await transport.sendMail({ ...mail, ...headers, from: sender, to });
  // With `buffer: true` nodemailer returns a Buffer, which its types do not know.
  return { ...mail, message: message as Buffer };
}

function createSampleLinks(publicUrl: string): MailLinks {
  const ids = Array.from({ length: 30 }, (_, at) => 1042 + at);
  return {
    tasks: new Map(ids.map((id) => [id, `${publicUrl}/t/sample-${id}`])),
    inbox: `${publicUrl}/p/sample`,
  };
}

function renderIndexPage(items: readonly string[]): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>E-mails of Rolemine</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}li{margin:.5rem 0}small{display:block;opacity:.8}</style>
</head>
<body>
<h1>E-mails of Rolemine</h1>
<p>One sample of every kind, with made-up people. The links in them do not work.</p>
<ul>
${items.join('\n')}
</ul>
</body>
</html>
`;
}
