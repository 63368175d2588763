import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { previewMails } from '../../src/email/preview.ts';
import { listSampleMails } from '../../src/email/samples/messages.ts';
import type { PersonalMessage } from '../../src/governance/messages/messages.ts';
import { computeContrast, listElements, listLinks, readVisibleText } from './mail-html.ts';

const publicUrl = 'https://rolemine.acme.example';
const files = await previewMails({
  from: 'Rolemine <rolemine@acme.example>',
  replyTo: 'it-help@acme.example',
  publicUrl,
  timeZone: 'Europe/Paris',
});
const fileOf = (name: string) => files.find((file) => file.name === name)!.content;
const samples = listSampleMails().map(({ name }) => name);

/** Every kind of message except the App Home. A new kind fails to compile here until it has a sample. */
const mailedKinds: Record<Exclude<PersonalMessage['message']['kind'], 'home'>, true> = {
  task: true,
  comment: true,
  digest: true,
  notice: true,
  expiring: true,
  run: true,
  simulation: true,
  held_grants: true,
  held_import: true,
};

describe('the preview of the mails', () => {
  it('has a sample of every message kind that is mailed', () => {
    const kinds = new Set(
      listSampleMails().map(({ personalMessage }) => personalMessage.message.kind),
    );
    expect([...kinds].sort()).toEqual(Object.keys(mailedKinds).sort());
    expect(new Set(samples).size).toBe(samples.length);
    for (const name of samples) expect(fileOf('index.html')).toContain(`href="${name}.html"`);
  });

  it.each(samples)(
    '%s: has the same text in HTML and in plain text after a mail program parsed it',
    async (name) => {
      const mail = await simpleParser(fileOf(`${name}.eml`));
      expect(mail.from?.text).toBe('"Rolemine" <rolemine@acme.example>');
      expect(mail.replyTo?.text).toBe('it-help@acme.example');
      expect(mail.subject).toMatch(/^\S.{10,149}$/);
      expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
      expect(mail.headers.get('list')).toMatchObject({
        id: { id: 'rolemine.acme.example' },
        unsubscribe: { url: `${publicUrl}/p/sample` },
      });
      const html = String(mail.html);
      const words = readVisibleText(html);
      for (const line of String(mail.text).split('\n')) {
        const text = line.replace(/^(> |\* | {2}|-- $)/, '').trim();
        if (text.startsWith('https:')) expect(listLinks(html)).toContain(text);
        else for (const part of text.split(/: |:$| or /)) expect(words).toContain(part);
      }
      expect(String(mail.text)).toContain('Replies go to it-help@acme.example.');
      const shown = `${mail.subject}\n${mail.text}`;
      expect(shown).not.toMatch(/[.?!…]["”]?\.(?=\s|$)|\?[!?]/);
    },
  );

  it.each(samples)(
    '%s: is well-formed, links only to this installation and loads nothing',
    (name) => {
      const html = String(fileOf(`${name}.html`));
      expect(listElements(html)).not.toEqual(expect.arrayContaining(['script']));
      expect(html).not.toMatch(/<(img|script|link|iframe|form)|url\(|src=|@import/i);
      for (const url of listLinks(html))
        expect(url).toMatch(/^https:\/\/rolemine\.acme\.example\/[tp]\//);
      expect(Buffer.byteLength(html)).toBeLessThan(102_000);
    },
  );

  it('has both decision buttons where a link may decide, otherwise one button', () => {
    const buttonsOf = (name: string) =>
      [...String(fileOf(`${name}.html`)).matchAll(/class="button[^>]*><a [^>]*>([^<]*)</g)].map(
        ([, label]) => label,
      );
    expect(buttonsOf('request')).toEqual(['Approve', 'Deny']);
    expect(buttonsOf('provisioning')).toEqual(['Provisioned', 'Won&#39;t provision']);
    expect(buttonsOf('request-high-risk')).toEqual(['Open task']);
    expect(fileOf('request-high-risk.txt')).toContain(
      'By e-mail you can only choose Deny or send it on. To decide',
    );
    expect(buttonsOf('provisioned')).toEqual(['Open task']);
    expect(buttonsOf('roles')).toEqual([]);
  });

  it('names the person who reassigned a task, the person a delegate decides for, and an escalation', () => {
    expect(fileOf('reassigned.txt')).toContain(
      'Bo Chen reassigned this to you: "Lee runs the rotation."',
    );
    expect(fileOf('delegated.txt')).toContain("You are asked for Bo Chen, Ana Ruiz's manager.");
    expect(fileOf('escalation.txt')).toContain('Nobody decided for 3 days');
  });

  it('has enough contrast for text and buttons, in light and dark mode', () => {
    const html = String(fileOf('request.html'));
    const dark: Record<string, string | undefined> = Object.fromEntries(
      [...html.matchAll(/\[data-ogsc\] \.([a-z ]+)\{(?:background|color):(#\w+)/g)].map(
        ([, name, color]) => [name, color],
      ),
    );
    const light = [...html.matchAll(/bgcolor="(#\w+)".*?;color:(#\w+)/g)];
    const pairs = [
      ...light.map(([, fill, color]) => [fill, color]),
      ...['#ffffff', '#f3f4f6'].flatMap((paper) =>
        ['#1d1e22', '#5b5e6b', '#1a5fd0'].map((ink) => [paper, ink]),
      ),
      ...['sheet', 'page', 'place'].flatMap((paper) =>
        ['text', 'quiet', 'link'].map((ink) => [dark[paper], dark[ink]]),
      ),
      [dark.first, dark['first a']],
      [dark.other, dark['other a']],
    ];
    expect(light).toHaveLength(2);
    for (const [paper = '', ink = ''] of pairs) {
      expect(computeContrast(paper, ink), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
