import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideByLink } from '../../src/governance/email-links/task-page.ts';
import { people } from '../../src/store/schema/people.ts';
import { taskComments, taskSteps } from '../../src/store/schema/tasks.ts';
import { findStep } from '../../src/store/tasks/tasks.ts';
import { findChromium } from '../support/chromium.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

const executablePath = findChromium('look at the pages that e-mails link to');
const displays = [
  { colorScheme: 'light', viewport: { width: 1024, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 1024, height: 800 } },
  { colorScheme: 'light', viewport: { width: 320, height: 640 } },
] as const;

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

  /** Finds accessibility violations, and content that is wider than the screen. */
  async function findFaults(page: Page): Promise<string[]> {
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate<AxeResults>(
      // What passes is named, and not described element by element.
      "axe.run({ resultTypes: ['violations'] })",
    );
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
    const isWide = await page.evaluate(
      () => document.documentElement.scrollWidth > window.innerWidth,
    );
    return [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
      ...(isWide ? ['it is wider than the screen'] : []),
    ];
  }

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
      for (const { colorScheme, viewport } of displays) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        expect([name, colorScheme, await findFaults(page)]).toEqual([name, colorScheme, []]);
      }
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
