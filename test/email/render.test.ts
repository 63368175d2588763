import { describe, expect, it } from 'vitest';
import { renderMail } from '../../src/email/render.ts';
import { buildRunView } from '../../src/email/samples/run.ts';
import type { PersonalMessage } from '../../src/governance/messages/messages.ts';
import type { RunView } from '../../src/governance/role-mining/suggestions.ts';
import type { TaskCard } from '../../src/governance/task-cards/step-card.ts';
import { readVisibleText } from './mail-html.ts';
import { buildApprovalCard, buildIdentity, buildMessage, buildPerson } from './messages.ts';

const bo = buildPerson('Bo Chen');

function render(card: Partial<TaskCard> = {}, personalMessage: Partial<PersonalMessage> = {}) {
  const message = { kind: 'task' as const, card: buildApprovalCard(card) };
  const mail = renderMail(buildMessage(bo, { message, ...personalMessage }));
  if (!mail) throw new Error('the message was not rendered');
  return mail;
}

describe('a rendered mail', () => {
  it('has everything of the card, in HTML and in plain text', () => {
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
      expect(readVisibleText(mail.html)).toContain(line);
    }
  });

  it('tells delegates whose tasks they get', () => {
    const note = {
      title: 'Ana Ruiz made you their delegate until 30 Jun 2027',
      lines: ['You get their new tasks, and each names the person it belongs to.'],
      summary: 'Ana Ruiz made you their delegate until 30 Jun 2027. You get their new tasks.',
    };
    const mail = render({}, { message: { kind: 'notice', notice: note } });
    expect(mail.subject).toBe(note.title);
    for (const line of [note.title, ...note.lines]) {
      expect(mail.text).toContain(line);
      expect(readVisibleText(mail.html)).toContain(line);
    }
  });

  it('lists the tasks of a digest and the place to decide them', () => {
    const digest = {
      title: 'Reminder: You have 31 open tasks',
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
      summary: 'Reminder: You have 31 open tasks: 31 requests.',
      only: undefined,
      thread: undefined,
    };
    const mail = renderMail(buildMessage(bo, { message: { kind: 'digest', digest } }))!;
    expect(mail.subject).toBe('Reminder: You have 31 open tasks');
    for (const line of [
      '31 requests',
      'Waiting since 20 Nov 2026, 09:12.',
      'Ana Ruiz asks for your answer.',
      '#29 Request: <b>GitHub</b> for Ana Ruiz',
      'and 1 more',
      'To decide these tasks, open the Home tab of Rolemine in Slack',
    ]) {
      expect(mail.text).toContain(line);
      expect(readVisibleText(mail.html)).toContain(line);
    }
    const titles = [{ taskId: 1042, stepId: 3, words: 'Request: GitHub · Admin for Ana Ruiz' }];
    const one = { ...digest, titles, cards: [buildApprovalCard()], more: 0, waiting: 1 };
    const about = renderMail(buildMessage(bo, { message: { kind: 'digest', digest: one } }))!;
    expect(about.subject).toBe('Reminder: Approve? Ana Ruiz asks for GitHub · Admin (#1042)');
    expect(about.text).toContain('Ana Ruiz asks for your answer.');
    for (const [label] of buildApprovalCard().facts) expect(about.text).toContain(`${label}: `);
  });

  it('starts its subject with the call to action and ends it with the task number', () => {
    expect(render().subject).toBe('Approve? Ana Ruiz asks for GitHub · Admin (#1042)');
    const title = 'Provision GitHub · Admin for Ana Ruiz';
    const summary = 'Provision GitHub · Admin for Ana Ruiz. Task 1042.';
    expect(render({ title, summary }).subject).toBe(
      'Provision GitHub · Admin for Ana Ruiz (#1042)',
    );
    const long = render({ title: 'x'.repeat(400), summary: 'x'.repeat(400) }).subject;
    expect(long.length).toBeLessThanOrEqual(150);
    expect(long).toMatch(/x… \(#1042\)$/);
  });

  it('names the place to decide in Slack, and a Super Admin for readers without an account', () => {
    const without = render().text;
    expect(without).toContain(
      'To decide (Approve or Deny), open the Home tab of Rolemine in Slack',
    );
    expect(without).toContain('You need a Slack member account with the address bo@acme.example.');
    expect(without).toContain('If you have none, ask a Super Admin to reassign task #1042.');
    const linked = render({}, { identity: buildIdentity({ state: 'linked' }) }).text;
    expect(linked).not.toContain('member account');
    const left = render({}, { identity: buildIdentity({ state: 'deactivated' }) }).text;
    expect(left).toContain('because your Slack account is deactivated');
    expect(render({ choice: undefined }).text).not.toContain('Home tab');
  });

  it('shows markup in names and texts as text', () => {
    const bad = `<!channel> <@U123> &<b>"x"</b> ' <img src=x onerror=alert(1)>`;
    const { html, text } = render({ title: bad, quote: bad, facts: [[bad, bad]], notes: [bad] });
    expect(html).not.toMatch(/<(!channel|@U123|b>|img)/);
    expect(readVisibleText(html).split(bad)).toHaveLength(6);
    expect(text).toContain(`> ${bad}`);
  });

  it('removes characters that hide or turn text, and keeps line breaks only in quotes', () => {
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

  it('loads and runs nothing, names its language and supports dark mode', () => {
    const { html } = render();
    expect(html).not.toMatch(/<(img|script|link|iframe|form)|url\(|src=|href=/i);
    expect(html).toContain('<html lang="en"');
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('keeps every line of plain text below 998 bytes', () => {
    const { text } = render({ quote: 'é'.repeat(3_000), notes: ['word '.repeat(500)] });
    const longest = Math.max(...text.split('\n').map((line) => Buffer.byteLength(line)));
    expect(longest).toBeLessThan(998);
  });

  it("shows times in the reader's zone, else the company's, else UTC, and names the zone", () => {
    const records = [{ text: 'Approved by Kim Lee', at: new Date('2026-11-21T13:02:00Z') }];
    const message = { kind: 'task' as const, card: buildApprovalCard({ records }) };
    const at = (timeZone: string | null, company?: string) =>
      renderMail(buildMessage(bo, { message, identity: buildIdentity({ timeZone }) }), {
        timeZone: company,
      })?.text;
    expect(at('Europe/Paris')).toContain('Kim Lee · 21 Nov 2026, 14:02\n');
    expect(at(null, 'Asia/Tokyo')).toContain('21 Nov 2026, 22:02\n');
    expect(at(null, 'Asia/Tokyo')).toContain('Times are in the time zone Asia/Tokyo.');
    expect(at('Not/AZone')).toContain('21 Nov 2026, 13:02\n');
  });

  it('tells when access ends and where to extend it', () => {
    const expiry = {
      entitlementId: 1,
      title: 'Your access to GitHub · Admin ends on 30 Jun 2027',
      note: 'Extend it if you need it for longer.',
      canExtend: true,
      endsAt: new Date('2027-06-30T23:59:59Z'),
    };
    const mail = renderMail(buildMessage(bo, { message: { kind: 'expiring', expiry } }));
    expect(mail?.subject).toBe(expiry.title);
    expect(mail?.text).toContain(expiry.note);
    expect(mail?.text).toContain('To extend it, open the Home tab of Rolemine in Slack');
  });

  it('lists the suggestions of a run', () => {
    const found = renderRun({}, Array(12).fill(financeSuggestion));
    expect(found?.subject).toBe('Role mining found 12 new access profiles');
    expect(found?.text).toContain('400 people, 6,012 grants');
    expect(found?.text).toContain('* Department: Finance\n  48 people · 2 entitlements · ');
    expect(found?.text).toContain('1 person would gain access · 1 high-risk');
    expect(found?.text).toContain('and 2 more');
    expect(found?.text).toContain(
      'To review the suggestions, open the Home tab of Rolemine in Slack',
    );
  });

  it('names a suggestion and its cohort where the name alone does not say it', () => {
    const titleOf = (name: string, words: string) => {
      const text = renderRun({}, [{ ...financeSuggestion, name, words }])?.text ?? '';
      return /^\* (.*)$/m.exec(text)?.[1];
    };
    expect(titleOf('Sales in Lyon', 'department Sales and location Lyon')).toBe(
      'Sales in Lyon — department Sales and location Lyon',
    );
    expect(titleOf("Ana Ruiz's team", "Ana Ruiz's team")).toBe("Ana Ruiz's team");
  });

  it('says so when a run found nothing, failed or was canceled', () => {
    expect(renderRun({}, [])?.text).toContain('There are no open suggestions.');
    expect(renderRun({}, [], { openSuggestions: 1 })?.text).toContain(
      '1 earlier suggestion is still open.',
    );
    expect(renderRun({ state: 'failed', error: 'out of memory' }, [])?.text).toContain(
      'out of memory. Existing suggestions are unchanged.',
    );
    expect(renderRun({ state: 'failed', error: 'out of memory?' }, [])?.text).toContain(
      'out of memory? Existing suggestions are unchanged.',
    );
    const canceled = renderRun({ state: 'canceled' }, [], {
      cancellation: 'canceled by Dana just now',
    });
    expect(canceled?.subject).toBe('The role mining run was canceled');
    expect(canceled?.text).toContain(
      'It was canceled by Dana just now. Existing suggestions are unchanged.',
    );
  });
});

const sampleRun = buildRunView();
const [finance] = sampleRun.newSuggestions;
/** Of its two entitlements, the second has high risk. */
const financeSuggestion = { ...finance!, evidence: finance!.evidence.slice(-2) };

function renderRun(
  run: Partial<RunView['run']>,
  newSuggestions: RunView['newSuggestions'],
  change: Partial<RunView> = {},
) {
  const view: RunView = {
    ...sampleRun,
    run: { ...sampleRun.run, ...run },
    newSuggestions,
    openSuggestions: newSuggestions.length,
    ...change,
  };
  return renderMail(buildMessage(bo, { message: { kind: 'run', run: view } }));
}
