import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideByLink } from '../../src/governance/email-links/task-page.ts';
import { people } from '../../src/store/schema/people.ts';
import { taskComments, taskSteps } from '../../src/store/schema/tasks.ts';
import { findStep } from '../../src/store/tasks/tasks.ts';
import { findChromium } from '../support/chromium.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

const executablePath = findChromium('look at the pages behind links in e-mails');
const looks = [
  { colorScheme: 'light', viewport: { width: 1024, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 1024, height: 800 } },
  { colorScheme: 'light', viewport: { width: 320, height: 640 } },
] as const;

describe.skipIf(!executablePath)('the pages behind links, in a real browser', () => {
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

  /** What is wrong with a page for those who do not see it, or see it in the dark or on a phone. */
  async function faultsOf(page: Page): Promise<string[]> {
    await page.evaluate(() => {
      for (const one of document.querySelectorAll('details')) one.open = true;
    });
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
    const isWide = await page.evaluate(
      () => document.documentElement.scrollWidth > window.innerWidth,
    );
    return [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
      ...(isWide ? ['it is wider than the screen'] : []),
    ];
  }

  it('have no fault that axe finds, in light and dark and on a narrow phone', async () => {
    const open = await server.ask(`${'long'.repeat(40)} <b>words</b> مرحبا 🎉`);
    await server.db.insert(taskComments).values({
      taskId: open.taskId,
      authorId: server.company.ids.Ana,
      body: `${'x'.repeat(120)}\nmore`,
      createdAt: new Date(),
    });
    const high = await server.ask('x', 'Bo', server.company.admin);
    const preferences = await server.preferencesOf('Bo');
    const done = await server.linkOf('Bo', { taskId: high.taskId, stepId: high.stepId });
    const look = async (name: string, url: string, before?: (page: Page) => Promise<void>) => {
      for (const look of looks) {
        const page = await browser.newPage(look);
        await page.goto(url);
        await before?.(page);
        expect([name, look.colorScheme, await faultsOf(page)]).toEqual([
          name,
          look.colorScheme,
          [],
        ]);
        await page.close();
      }
    };
    await look('to decide', open.url);
    await look('reassign', `${open.url}?q=e#reassign`);
    await look('refused', open.url, async (page) => {
      await page.getByRole('button', { name: 'Deny' }).click();
      await page.getByRole('alert').waitFor();
    });
    await look('high risk', high.url);
    await look('preferences', `${preferences}?saved`);
    await server.db.update(taskSteps).set({ options: { decideByEmail: true } });
    const token = done.split('/').at(-1)!;
    const yes = { version: high.version, positive: true, reason: 'ok' };
    await decideByLink(server.company.system, token, yes);
    await look('decided', done);
    await look('unknown', `${server.url}/t/x`);
    server.wait(15 * 24 * 60);
    await look('expired', open.url);
  }, 120_000);

  it('are walked with the keyboard alone, and without scripts', async () => {
    const { url, stepId } = await server.ask();
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
    // The refusal stands by the field, where one is already.
    await page.getByRole('alert').getByText('Say why, in a few words').waitFor();
    expect(await focused().getAttribute('name')).toBe('reason');
    expect(await focused().getAttribute('aria-describedby')).toContain('trouble');

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
    await page.getByRole('status').getByText('This is with Kim now').waitFor();
    expect((await findStep(server.db, stepId))?.state).toBe('active');
    expect(page.url()).toBe(`${url}#top`);
    await page.close();
  }, 60_000);

  it('approve, comment and keep preferences without scripts, on a phone', async () => {
    await server.db.update(people).set({ jobTitle: null });
    const { url, stepId } = await server.ask();
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

    await page.goto(await server.preferencesOf('Bo'));
    await page.getByLabel('E-mail only').check();
    await page.getByLabel('Until').selectOption('17:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Saved.').waitFor();
    expect(await page.getByLabel('E-mail only').isChecked()).toBe(true);
    await page.close();
  }, 60_000);
});
