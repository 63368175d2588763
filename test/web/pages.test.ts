import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideByLink } from '../../src/governance/email-links/task-page.ts';
import { people } from '../../src/store/schema/people.ts';
import { taskComments, taskSteps } from '../../src/store/schema/tasks.ts';
import { findStep } from '../../src/store/tasks/tasks.ts';
import { findChromium } from '../support/chromium.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';
import { expectNoFaults } from './page-faults.ts';

const executablePath = findChromium('look at the pages that e-mails link to');

describe.skipIf(!executablePath)('pages that e-mails link to, in a real browser', () => {
  let server: LinkServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startLinkServer();
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  }, 60_000);
  beforeEach(() => server.reset());
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('have no accessibility violation in light mode, dark mode and on a narrow phone', async () => {
    const open = await server.openRequest(`${'long'.repeat(40)} <b>words</b> مرحبا 🎉`);
    await server.db.insert(taskComments).values({
      taskId: open.taskId,
      authorId: server.company.ids.Ana,
      body: `${'x'.repeat(120)}\nmore`,
      createdAt: new Date(),
    });
    const high = await server.openRequest('x', 'Bo', server.company.admin);
    const preferences = await server.createPreferencesUrl('Bo');
    const done = await server.createTaskUrl('Bo', { taskId: high.taskId, stepId: high.stepId });
    const checkPage = async (name: string, url: string, before?: (page: Page) => Promise<void>) => {
      const page = await browser.newPage();
      await page.goto(url);
      await before?.(page);
      await expectNoFaults(page, name);
      await page.close();
    };
    await checkPage('to decide', open.url);
    await checkPage('reassign', `${open.url}?q=e#reassign`);
    await checkPage('refused', open.url, async (page) => {
      await page.getByRole('button', { name: 'Deny' }).click();
      await page.getByRole('alert').waitFor();
    });
    await checkPage('high risk', high.url);
    await checkPage('preferences', `${preferences}?saved`);
    await server.db.update(taskSteps).set({ options: { decideByEmail: true } });
    const token = done.split('/').at(-1)!;
    const yes = { version: high.version, positive: true, reason: 'ok' };
    await decideByLink(server.company.system, token, yes);
    await checkPage('decided', done);
    await checkPage('unknown', `${server.url}/t/x`);
    server.moveClock(15 * 24 * 60);
    await checkPage('expired', open.url);
  }, 120_000);

  it('work with the keyboard alone, and without scripts', async () => {
    const { url, stepId } = await server.openRequest();
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(url);
    const focused = () => page.locator(':focus');
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('Tab');
    expect(await focused().getAttribute('name')).toBe('reason');
    await press('Tab', 'Tab');
    expect(await focused().textContent()).toBe('Deny');
    await press('Enter');
    // The refusal is next to the field, and the field has the focus.
    await page
      .getByRole('alert')
      .getByText('Enter a reason. The requester sees your reason.')
      .waitFor();
    expect(await focused().getAttribute('name')).toBe('reason');
    expect(await focused().getAttribute('aria-describedby')).toContain('problem');

    // Each button of a mail opens its own form, with the focus in the reason.
    await page.goto(`${url}?decide=no`);
    expect(await focused().getAttribute('name')).toBe('reason');
    await press('Tab');
    expect(await focused().textContent()).toBe('Deny');
    await press('Tab', 'Enter');
    expect(await focused().getAttribute('name')).toBe('reason');
    await press('Tab');
    expect(await focused().textContent()).toBe('Approve');

    await page.goto(url);
    await press('Tab', 'Tab', 'Tab', 'Tab');
    expect(await focused().textContent()).toBe('Reassign to…');
    await press('Enter', 'Tab');
    await page.keyboard.type('kim');
    await press('Enter');
    await page.getByRole('radio', { name: 'Kim' }).waitFor();
    await page.getByRole('searchbox').focus();
    await press('Tab', 'Tab', 'Space', 'Tab');
    await page.keyboard.type('I am away');
    await press('Tab', 'Enter');
    await page.getByRole('status').getByText('This task is now with Kim').waitFor();
    expect((await findStep(server.db, stepId))?.state).toBe('active');
    expect(page.url()).toBe(`${url}#top`);
    await page.close();
  }, 60_000);

  it('approve, comment and save preferences without scripts, on a phone', async () => {
    await server.db.update(people).set({ jobTitle: null });
    const { url, stepId } = await server.openRequest();
    const page = await browser.newPage({
      javaScriptEnabled: false,
      viewport: { width: 390, height: 800 },
    });
    await page.goto(url);
    await page.getByText('Comment', { exact: true }).click();
    await page.getByLabel('Your comment').fill('line one\nline two 🎉');
    await page.getByRole('button', { name: 'Send comment' }).click();
    await page.getByText('line one\nline two 🎉').waitFor();
    await page.getByLabel('Reason').first().fill('fine');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('status').getByText('Bo approved this just now').waitFor();
    expect(await findStep(server.db, stepId)).toMatchObject({ state: 'approved', reason: 'fine' });

    await page.goto(await server.createPreferencesUrl('Bo'));
    await page.getByLabel('E-mail only').check();
    await page.getByLabel('Until').selectOption('17:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Saved.').waitFor();
    expect(await page.getByLabel('E-mail only').isChecked()).toBe(true);
    await page.close();
  }, 60_000);
});
