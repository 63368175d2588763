import { describe, expect, it } from 'vitest';
import { renderMail } from '../../src/email/render.ts';
import type { PersonalMessage } from '../../src/governance/messages/messages.ts';
import type { RunView } from '../../src/governance/role-mining/suggestions.ts';
import type { TaskCard } from '../../src/governance/task-cards/step-card.ts';
import { approvalCard, identityOf, letterTo, personNamed } from './cards.ts';
import { seen } from './mail-html.ts';

const bo = personNamed('Bo Chen');

function render(card: Partial<TaskCard> = {}, personalMessage: Partial<PersonalMessage> = {}) {
  const message = { kind: 'task' as const, card: approvalCard(card) };
  const mail = renderMail(letterTo(bo, { message, ...personalMessage }));
  if (!mail) throw new Error('nothing to mail');
  return mail;
}

describe('a rendered mail', () => {
  it('says in HTML and in plain text all that the card says', () => {
    const mail = render({
      howTo: '1. Open the page.\n2. Change the role.',
      records: [{ text: 'Approved by Bo Chen', quote: 'ok for the rotation' }],
    });
    const lines = [
      'Ana Ruiz asks for GitHub · Admin',
      '#1042 · step 1 of 2',
      'On-call rotation starts Monday.',
      'Ana Ruiz, Engineer, Engineering',
      '2. Change the role.',
      "You are asked as Ana Ruiz's manager. Next: provisioning by Kim Lee.",
      'Approved by Bo Chen · “ok for the rotation”',
    ];
    for (const line of lines) {
      expect(mail.text).toContain(line);
      expect(seen(mail.html)).toContain(line);
    }
  });

  it('tells a delegate whose tasks come to them', () => {
    const note = {
      title: 'Ana Ruiz made you their delegate until 30 Jun 2027',
      lines: ['Their new tasks come to you; each says whose it is.'],
      summary: 'Ana Ruiz made you their delegate until 30 Jun 2027. Their new tasks come to you.',
    };
    const mail = render({}, { message: { kind: 'notice', notice: note } });
    expect(mail.subject).toBe(note.title);
    for (const line of [note.title, ...note.lines]) {
      expect(mail.text).toContain(line);
      expect(seen(mail.html)).toContain(line);
    }
  });

  it('names every task of a digest, and where they are decided', () => {
    const digest = {
      title: 'Reminder: 31 tasks wait for you',
      opening: 'Reminder: ',
      detail: '31 requests',
      askedBy: 'Ana\nRuiz',
      since: new Date('2026-11-20T09:12:00Z'),
      cards: [],
      titles: Array.from({ length: 31 }, (_, at) => ({
        taskId: at,
        stepId: at,
        words: 'Request: <b>GitHub</b> for Ana Ruiz',
      })),
      more: 26,
      waiting: 31,
      tab: 'approval' as const,
      done: undefined,
      summary: 'Reminder: 31 tasks wait for you: 31 requests.',
      thread: undefined,
    };
    const mail = renderMail(letterTo(bo, { message: { kind: 'digest', digest } }))!;
    expect(mail.subject).toBe('Reminder: 31 tasks wait for you');
    for (const line of [
      '31 requests',
      'Waiting since 20 Nov 2026, 09:12 UTC.',
      'Ana Ruiz asks for your answer.',
      '#29 Request: <b>GitHub</b> for Ana Ruiz',
      'and 1 more',
      'To decide about them, open Rolemine in Slack',
    ]) {
      expect(mail.text).toContain(line);
      expect(seen(mail.html)).toContain(line);
    }
    const titles = [{ taskId: 1042, stepId: 3, words: 'Request: GitHub · Admin for Ana Ruiz' }];
    const one = { ...digest, titles, cards: [approvalCard()], more: 0, waiting: 1 };
    const about = renderMail(letterTo(bo, { message: { kind: 'digest', digest: one } }))!;
    expect(about.subject).toBe('Reminder: Approve? Ana Ruiz asks for GitHub · Admin (#1042)');
    expect(about.text).toContain('Ana Ruiz asks for your answer.');
    for (const [label] of approvalCard().facts) expect(about.text).toContain(`${label}: `);
  });

  it('begins its subject with what is asked and ends it with the number', () => {
    expect(render().subject).toBe('Approve? Ana Ruiz asks for GitHub · Admin (#1042)');
    const title = 'Give Ana Ruiz GitHub · Admin';
    const summary = 'To provision: give Ana Ruiz GitHub · Admin. Task 1042.';
    expect(render({ title, summary }).subject).toBe(
      'To provision: give Ana Ruiz GitHub · Admin (#1042)',
    );
    const long = render({ title: 'x'.repeat(400), summary: 'x'.repeat(400) }).subject;
    expect(long.length).toBeLessThanOrEqual(150);
    expect(long).toMatch(/x… \(#1042\)$/);
  });

  it('says where to decide: in Slack, or through a Super Admin for who has no account there', () => {
    const without = render().text;
    expect(without).toContain('To decide (Approve or Deny), open Rolemine in Slack');
    expect(without).toContain('a member account with the address bo@acme.example');
    expect(without).toContain('ask a Super Admin of Rolemine to reassign task #1042');
    const linked = render({}, { identity: identityOf({ state: 'linked' }) }).text;
    expect(linked).not.toContain('member account');
    const left = render({}, { identity: identityOf({ state: 'deactivated' }) }).text;
    expect(left).toContain('because your Slack account is deactivated');
    expect(render({ choice: undefined }).text).not.toContain('Slack and look');
  });

  it('shows foreign markup as text, in the title, the quotation and the facts', () => {
    const bad = `<!channel> <@U123> &<b>"x"</b> ' <img src=x onerror=alert(1)>`;
    const { html, text } = render({ title: bad, quote: bad, facts: [[bad, bad]], notes: [bad] });
    expect(html).not.toMatch(/<(!channel|@U123|b>|img)/);
    expect(seen(html).split(bad)).toHaveLength(6);
    expect(text).toContain(`> ${bad}`);
  });

  it('drops what turns, hides or breaks text, and keeps line breaks only in quotations', () => {
    const title = 'Eve \u202egnp.exe\u202c\nBcc: all@acme.example\u0000 asks\u2066 for\u200b it';
    const mail = render({
      title,
      summary: `Approve? ${title}. Task 1042.`,
      quote: 'one\r\ntwo\u202e',
    });
    expect(mail.subject).toBe('Approve? Eve gnp.exe Bcc: all@acme.example asks for it (#1042)');
    expect(mail.text).toContain('Eve gnp.exe Bcc: all@acme.example asks for it\n');
    expect(mail.text).toContain('> one\n> two\n');
    expect(`${mail.text}${mail.html}`).not.toMatch(/[\r\u200b\u202a-\u202e\u2066-\u2069]/);
  });

  it('loads nothing and runs nothing, names its language and knows dark mode', () => {
    const { html } = render();
    expect(html).not.toMatch(/<(img|script|link|iframe|form)|url\(|src=|href=/i);
    expect(html).toContain('<html lang="en"');
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('keeps every line of plain text far below 998 bytes', () => {
    const { text } = render({ quote: 'é'.repeat(3_000), notes: ['word '.repeat(500)] });
    const longest = Math.max(...text.split('\n').map((line) => Buffer.byteLength(line)));
    expect(longest).toBeLessThan(998);
  });

  it("writes times in the reader's zone, else in the company's, else in UTC, and names it", () => {
    const records = [{ text: 'Approved by Kim Lee', at: new Date('2026-11-21T13:02:00Z') }];
    const message = { kind: 'task' as const, card: approvalCard({ records }) };
    const at = (timeZone: string | null, company?: string) =>
      renderMail(letterTo(bo, { message, identity: identityOf({ timeZone }) }), {
        timeZone: company,
      })?.text;
    expect(at('Europe/Paris')).toContain('Kim Lee · 21 Nov 2026, 14:02 CET');
    expect(at(null, 'Asia/Tokyo')).toContain('21 Nov 2026, 22:02 GMT+9');
    expect(at('Not/AZone')).toContain('21 Nov 2026, 13:02 UTC');
  });

  it('tells of the end of access, and where it can be extended', () => {
    const expiry = {
      entitlementId: 1,
      title: 'Your access to GitHub · Admin ends on 30 Jun 2027',
      note: 'Extend it if you need it for longer.',
      canExtend: true,
      endsAt: new Date('2027-06-30T23:59:59Z'),
    };
    const mail = renderMail(letterTo(bo, { message: { kind: 'expiring', expiry } }));
    expect(mail?.subject).toBe(expiry.title);
    expect(mail?.text).toContain(expiry.note);
    expect(mail?.text).toContain('To extend it, open Rolemine in Slack');
  });

  it('lists the suggestions of a run, and says so plainly when there is none, or it failed or was cancelled', () => {
    const row = {
      name: 'Finance',
      words: 'department Finance',
      suggestion: { people: 48, gaining: 1 },
      evidence: [{ risk: 'high' }, { risk: null }],
    };
    const about = (run: object, fresh: object[], cancelled?: string) => {
      const view = { run, cancelled, fresh, waiting: fresh.length, explainedPercent: 61 };
      return renderMail(
        letterTo(bo, { message: { kind: 'run', run: view as unknown as RunView } }),
      );
    };
    const done = { state: 'done', people: 400, grants: 6012, finishedAt: new Date(0) };
    const found = about(done, Array(12).fill(row));
    expect(found?.subject).toBe('Role mining found 12 new access profiles');
    expect(found?.text).toContain('400 people, 6,012 grants');
    expect(found?.text).toContain(
      '* Finance — department Finance\n  48 people · 2 entitlements · ',
    );
    expect(found?.text).toContain('1 person would gain access · 1 high-risk');
    expect(found?.text).toContain('and 2 more');
    expect(found?.text).toContain('To review them, open Rolemine in Slack');
    expect(about(done, [])?.text).toContain('No suggestion waits for a decision.');
    expect(about({ state: 'failed', error: 'out of memory' }, [])?.text).toContain(
      'out of memory. The suggestions there were stay.',
    );
    const cancelled = about({ state: 'cancelled' }, [], 'cancelled by Dana just now');
    expect(cancelled?.subject).toBe('The role mining run was cancelled');
    expect(cancelled?.text).toContain('It was cancelled by Dana just now. The suggestions there');
  });
});
