import { createTransport } from 'nodemailer';
import { escapeHtml } from '../text.ts';
import { headersOf, taskOf } from './headers.ts';
import type { MailLinks } from './parts.ts';
import { type RenderOptions, renderMail } from './render.ts';
import { listSamples } from './samples/messages.ts';
import { parseSender } from './transport.ts';

interface File {
  name: string;
  content: string | Buffer;
}

/**
 * Every kind of mail with made-up content, as files: each as HTML, as plain text and whole with its headers, and a
 * page that lists them. Their links open nothing.
 * @param options.from `Rolemine <rolemine@example.com>`
 */
export async function previewMails({
  from,
  ...options
}: RenderOptions & { from: string }): Promise<File[]> {
  const sender = parseSender(from);
  const transport = createTransport({ streamTransport: true, buffer: true });
  const files: File[] = [];
  const list: string[] = [];
  for (const { name, about, personalMessage } of listSamples()) {
    const links = sampleLinks(options.publicUrl ?? 'https://rolemine.example.com');
    const mail = renderMail(personalMessage, { ...options, links });
    if (!mail) throw new Error(`the sample ${name} is not mailed`);
    const headers = headersOf(personalMessage, {
      sender: sender.address,
      replyTo: options.replyTo,
      thread:
        taskOf(personalMessage) === undefined ? [] : [`<first@${sender.address.split('@')[1]}>`],
      links,
    });
    const to = { name: personalMessage.person.name, address: personalMessage.person.email ?? '' };
    const { message } = await transport.sendMail({ ...mail, ...headers, from: sender, to });
    files.push(
      { name: `${name}.html`, content: mail.html },
      { name: `${name}.txt`, content: mail.text },
      { name: `${name}.eml`, content: message as Buffer },
    );
    list.push(
      `<li><a href="${name}.html">${escapeHtml(about)}</a> <small>${escapeHtml(mail.subject)} (<a href="${name}.txt">text</a>, <a href="${name}.eml">whole</a>)</small></li>`,
    );
  }
  return [...files, { name: 'index.html', content: indexPage(list) }];
}

function sampleLinks(publicUrl: string): MailLinks {
  const ids = Array.from({ length: 30 }, (_, at) => 1042 + at);
  return {
    tasks: new Map(ids.map((id) => [id, `${publicUrl}/t/sample-${id}`])),
    preferences: `${publicUrl}/p/sample`,
  };
}

function indexPage(items: readonly string[]): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The e-mails of Rolemine</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}li{margin:.5rem 0}small{display:block;opacity:.8}</style>
</head>
<body>
<h1>The e-mails of Rolemine</h1>
<p>One of every kind, with made-up people. Links in them open nothing.</p>
<ul>
${items.join('\n')}
</ul>
</body>
</html>
`;
}
