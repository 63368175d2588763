import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findStep } from '../../src/store/tasks/tasks.ts';
import { findChromium } from '../support/chromium.ts';
import { openThreeRequests } from './inbox-browser.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';
import { expectNoFaults } from './page-faults.ts';

const executablePath = findChromium('use the inbox that e-mails link to');
let server: LinkServer;
let browser: Browser;
beforeAll(async () => {
  if (!executablePath) return;
  server = await startLinkServer();
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

it.skipIf(!executablePath)(
  'a manager without Slack does a day of work in the inbox, on a phone and without scripts',
  async () => {
    const [, , high] = await openThreeRequests(server);
    const link = await server.createPreferencesUrl('Bo');
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 390, height: 800 },
    });
    const page = await context.newPage();
    /** Looks at the same address in a page with scripts, which axe needs, and with the same cookie. */
    const look = async (name: string) => {
      const eye = await browser.newContext();
      await eye.addCookies(await context.cookies());
      const seen = await eye.newPage();
      await seen.goto(page.url());
      await expectNoFaults(seen, name, true);
      await eye.close();
    };
    const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
    const follow = (name: string | RegExp) => page.getByRole('link', { name }).first().click();

    await page.goto(link);
    await look('the way into the inbox');
    await press('Open inbox');
    await page.getByRole('heading', { name: 'Open tasks' }).waitFor();
    await look('the list of tasks');
    await follow('Select all 3');
    await press('Approve selected…');
    await page.getByText('Not included: 1 task').waitFor();
    await press('Approve 2 tasks');
    await page.getByText('Decided: 2 tasks').waitFor();
    await follow('Back to the list');
    await follow(`Open #${high.taskId}`);
    await look('the page of a task');
    await page.getByLabel('Reason').fill('no need');
    await press('Deny');
    await page.getByRole('status').getByText('Bo denied this just now').waitFor();
    expect(await findStep(server.db, high.stepId)).toMatchObject({ reason: 'no need' });

    await follow('Request access');
    await page.getByLabel('Request for').selectOption('Cy');
    await page.getByRole('searchbox').fill('github user');
    await press('Search');
    await look('the form to request access');
    await page.getByRole('checkbox', { name: 'GitHub · User' }).check();
    await page.getByLabel('Duration').selectOption('7 days');
    await press('Request access');
    // Cy has an open request; the reason is asked first, and what was ticked stays.
    await page.getByRole('alert').getByText('Enter a reason.').waitFor();
    expect(await page.locator(':focus').getAttribute('name')).toBe('reason');
    await page.getByLabel('Reason').fill('the same');
    await press('Request access');
    await page.getByRole('alert').getByText('There is already an open request').waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('the same');

    await follow('My requests');
    await look('my requests');
    await follow('Delegate');
    await page.getByRole('searchbox').fill('kim');
    await press('Search');
    await look('the choice of a delegate');
    await page.getByRole('radio', { name: 'Kim' }).check();
    await press('Choose delegate');
    await page.getByRole('status').getByText('Kim acts for you.').waitFor();
    await follow('Notifications');
    await look('notification settings');
    await press('Sign out');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.goto(`${server.url}/inbox/tasks`);
    await look('a closed inbox');
    await context.close();
  },
  120_000,
);
