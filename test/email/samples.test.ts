import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { previewMails } from '../../src/email/preview.ts';
import { listSamples } from '../../src/email/samples/messages.ts';
import type { PersonalMessage } from '../../src/governance/messages/messages.ts';
import { contrast, elementsOf, linksOf, seen } from './mail-html.ts';

const publicUrl = 'https://rolemine.acme.example';
const files = await previewMails({
  from: 'Rolemine <rolemine@acme.example>',
  replyTo: 'it-help@acme.example',
  publicUrl,
  timeZone: 'Europe/Paris',
});
const fileOf = (name: string) => files.find((file) => file.name === name)!.content;
const samples = listSamples().map(({ name }) => name);

/** Every kind of message but the App Home; a new one is missing here until it has a sample. */
const mailed: Record<Exclude<PersonalMessage['message']['kind'], 'home'>, true> = {
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
  it('has every kind of message that is mailed', () => {
    const kinds = new Set(listSamples().map(({ personalMessage }) => personalMessage.message.kind));
    expect([...kinds].sort()).toEqual(Object.keys(mailed).sort());
    expect(new Set(samples).size).toBe(samples.length);
    for (const name of samples) expect(fileOf('index.html')).toContain(`href="${name}.html"`);
  });

  it.each(samples)(
    '%s: reads the same in HTML and in plain text, as a mail program takes it apart',
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
      const words = seen(html);
      for (const line of String(mail.text).split('\n')) {
        const said = line.replace(/^(> |\* | {2}|-- $)/, '').trim();
        if (said.startsWith('https:')) expect(linksOf(html)).toContain(said);
        else for (const part of said.split(/: |:$| or /)) expect(words).toContain(part);
      }
      expect(String(mail.text)).toContain(
        'A reply goes to it-help@acme.example; it decides nothing.',
      );
    },
  );

  it.each(samples)(
    '%s: is well-formed, leads to this installation only and loads nothing',
    (name) => {
      const html = String(fileOf(`${name}.html`));
      expect(elementsOf(html)).not.toEqual(expect.arrayContaining(['script']));
      expect(html).not.toMatch(/<(img|script|link|iframe|form)|url\(|src=|@import/i);
      for (const url of linksOf(html))
        expect(url).toMatch(/^https:\/\/rolemine\.acme\.example\/[tp]\//);
      expect(Buffer.byteLength(html)).toBeLessThan(102_000);
    },
  );

  it('offers the two verbs where a link may decide, and one button where none may', () => {
    const buttonsOf = (name: string) =>
      [...String(fileOf(`${name}.html`)).matchAll(/class="button[^>]*><a [^>]*>([^<]*)</g)].map(
        ([, label]) => label,
      );
    expect(buttonsOf('request')).toEqual(['Approve', 'Deny']);
    expect(buttonsOf('provisioning')).toEqual(['Provisioned', 'Won&#39;t provision']);
    expect(buttonsOf('request-high-risk')).toEqual(['Open the task']);
    expect(fileOf('request-high-risk.txt')).toContain('It is not decided by e-mail. To decide');
    expect(buttonsOf('provisioned')).toEqual(['Open the task']);
    expect(buttonsOf('roles')).toEqual([]);
  });

  it('says who passed a task on and why, whose it is, and that nobody decided', () => {
    expect(fileOf('reassigned.txt')).toContain('by Bo Chen: "Lee runs the rotation."');
    expect(fileOf('delegated.txt')).toContain("You are asked for Bo Chen, Ana Ruiz's manager.");
    expect(fileOf('escalation.txt')).toContain('Nobody decided for 3 days');
  });

  it('can be read: text and buttons have contrast enough, in the light and in the dark', () => {
    const html = String(fileOf('request.html'));
    const dark = Object.fromEntries(
      [...html.matchAll(/\[data-ogsc\] \.([a-z ]+)\{(?:background|color):(#\w+)/g)].map(
        ([, name, colour]) => [name, colour],
      ),
    ) as Record<string, string>;
    const light = [...html.matchAll(/bgcolor="(#\w+)".*?;color:(#\w+)/g)];
    const pairs = [
      ...light.map(([, fill, colour]) => [fill, colour]),
      ...['#ffffff', '#f3f4f6'].flatMap((paper) =>
        ['#1d1e22', '#5b5e6b', '#1a5fd0'].map((ink) => [paper, ink]),
      ),
      ...['sheet', 'page', 'where'].flatMap((paper) =>
        ['text', 'quiet', 'link'].map((ink) => [dark[paper], dark[ink]]),
      ),
      [dark.first, dark['first a']],
      [dark.other, dark['other a']],
    ] as [string, string][];
    expect(light).toHaveLength(2);
    for (const [paper, ink] of pairs) {
      expect(contrast(paper, ink), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
