import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openApp, type Running } from '../../src/main.ts';
import { makeCompany } from '../../src/sandbox/company/company.ts';
import { findChromium } from '../support/chromium.ts';

const executablePath = findChromium('drive the sandbox page');

describe.skipIf(!executablePath)('a newcomer at the sandbox page, in a real browser', () => {
  const company = makeCompany();
  const profile = 'Engineers of the house';
  const complaints: string[] = [];
  let dataDir: string;
  let app: Running;
  let browser: Browser;
  let page: Page;
  // These are read from the page during the test.
  let person = '';
  let label = '';
  let provisioner = '';
  let requester = '';
  let address = '';

  const dialog = (title: string) => page.getByRole('dialog', { name: title });
  const lastMessage = () => page.getByRole('main').getByRole('article').last();
  const tab = (name: string) =>
    page.getByRole('main').getByRole('navigation').getByRole('link', { name });
  const named = (name: string) => company.people.find((one) => one.name === name)!;
  const managerOf = (name: string) => company.people[named(name).manager ?? 0]!;

  /** Waits until the place shows the words. */
  const says = (place: ReturnType<typeof lastMessage>, words: string | RegExp) =>
    place.getByText(words).first().waitFor();

  /** An entitlement that the person does not hold, of low risk so that a link in an e-mail may decide. */
  function lowRiskFor(name: string): string {
    const { person: holders, entitlement: held } = company.grants;
    const index = company.people.indexOf(named(name));
    const theirs = new Set(held.filter((_, at) => holders[at] === index));
    const at = company.entitlements.findIndex((one, at) => one.risk === 'low' && !theirs.has(at));
    const { application, name: what } = company.entitlements[at]!;
    return `${company.applications[application]!.name} · ${what}`;
  }

  async function be(who: string): Promise<void> {
    const column = page.getByRole('complementary', { name: 'People' });
    const search = column.getByRole('searchbox', { name: 'Find a person by name or title' });
    await search.fill(who);
    await column.getByRole('link', { name: who }).first().click();
    await search.fill('');
  }

  async function write(text: string): Promise<void> {
    const field = page.getByRole('textbox', { name: 'Message Rolemine' });
    await field.fill(text);
    await field.press('Enter');
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rolemine-page-'));
    app = await openApp(readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' }));
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    page = await browser.newPage();
    page.setDefaultTimeout(8_000);
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('opens the address, picks the Super Admin, and sees the result of the first analysis', async () => {
    await page.goto(app.url);
    await be('Super Admin');
    await says(lastMessage(), /Role mining found \d+ new access profiles/);
  });

  it('completes the commands of each person, and the names of people', async () => {
    const field = page.getByRole('textbox', { name: 'Message Rolemine' });
    const completions = page.getByRole('listbox', { name: 'Completions' }).getByRole('option');
    const listed = async (letters: string) => {
      await field.fill('');
      await field.pressSequentially(letters);
      await completions.first().waitFor();
      return (await completions.allTextContents()).join('\n');
    };
    expect(await listed('/')).toMatch(/\/rolemine request.*\/rolemine roles/s);
    await be('Employee');
    const own = await listed('/');
    expect(own).toContain('/rolemine request');
    expect(own).not.toContain('/rolemine roles');
    await listed('/rolemine person @gre');
    await field.press('Tab');
    expect(await field.inputValue()).toMatch(/^\/rolemine person @greta\.\w+ $/);
    await be('Super Admin');
  });

  it('analyzes Engineering, and sees the evidence', async () => {
    await write('/rolemine analyze department=Engineering');
    await says(lastMessage(), 'Only visible to you');
    const rows = await lastMessage().getByRole('table').getByRole('row').allTextContents();
    expect(rows.length).toBeGreaterThan(3);
    expect(rows[1]).toMatch(/.+ · .+\d+ of \d+ \(\d+ %, at least \d+ %\)/s);
    const gaining = await lastMessage()
      .getByText(/^Would gain access when enrolled: /)
      .textContent();
    const names = (gaining ?? '').replace(/^.*: /, '').split(', ');
    person = names.find((name) => named(name)?.slack === 'member') ?? '';
    expect(person).not.toBe('');
  });

  it('reviews the suggestion, names it, and creates an access profile without members', async () => {
    await lastMessage().getByRole('button', { name: 'Review' }).click();
    const review = dialog('Review');
    await review.getByRole('textbox', { name: 'Profile name' }).fill(profile);
    expect(await review.getByRole('checkbox', { checked: true }).count()).toBeGreaterThan(3);
    await review.getByRole('button', { name: 'Create access profile' }).click();
    await says(dialog('Access profile'), 'Nobody is enrolled yet.');
    await says(dialog('Access profile'), profile);
  });

  it('adds one person by search, with requests for missing access', async () => {
    await dialog('Access profile').getByRole('button', { name: 'Add members' }).click();
    const form = dialog('Add members');
    await form.getByRole('combobox', { name: 'People' }).fill(person);
    await form.getByRole('option', { name: person }).first().click();
    const tick = 'Create requests for currently enrolled users';
    await form.getByRole('checkbox', { name: tick }).check();
    await form.getByRole('button', { name: 'Add members' }).click();
    await says(dialog('Access profile'), /1 person enrolled\. \d+ requests? opened/);
    await dialog('Access profile').getByRole('button', { name: 'Close all' }).click();
    await dialog('Access profile').waitFor({ state: 'hidden' });
  });

  it("becomes that person's manager and approves", async () => {
    await be(managerOf(person).name);
    const card = page
      .getByRole('article')
      .filter({ hasText: `for ${person} (access profile` })
      .last();
    const words = (await card.textContent()) ?? '';
    label = /Access request: (.+) for .+ \(access profile/.exec(words)?.[1] ?? '';
    provisioner = /Next: provisioning by (.+?)(?: or .+?)?\./.exec(words)?.[1] ?? '';
    expect(words).toContain(`You are asked as ${person}'s manager.`);
    await card.getByRole('button', { name: 'Approve' }).click();
    await says(card, /Approved by .+ \(manager\)/);
    expect(await card.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('becomes the provisioner, reads the instructions, and marks the task as provisioned', async () => {
    await be(provisioner);
    const card = page
      .getByRole('article')
      .filter({ hasText: `Provision ${label} for ${person}` })
      .last();
    await says(card, 'Instructions');
    await card.getByRole('button', { name: 'More actions' }).click();
    expect(await card.getByRole('menuitem').allTextContents()).toEqual([
      'Provisioned with a comment…',
      'Reassign to…',
      'Comment',
    ]);
    await page.keyboard.press('Escape');
    await card
      .getByRole('button', { name: `Provisioned: Provision ${label} for ${person}` })
      .click();
    await says(card, `Provisioned by ${provisioner}`);
  });

  it('becomes the person, who was notified, and whose Home shows the access', async () => {
    await be(person);
    await says(lastMessage(), `You now have ${label}`);
    await tab('Home').click();
    await page.getByRole('heading', { name: 'My access' }).waitFor();
    await says(page.getByRole('main'), `${label} · not confirmed by a sync yet`);
  });

  it('requests access in a modal, and a manager without Slack gets the e-mail in the Mail tab', async () => {
    const manager = company.people.find((one) => one.email === company.cast.withoutSlack)!;
    const report = company.people.find(
      (one) => managerOf(one.name) === manager && one.slack === 'member',
    )!;
    requester = report.name;
    await be(requester);
    await tab('Messages').click();
    await write('/rolemine request');
    const form = dialog('Request access');
    const entitlement = form.getByRole('combobox', { name: 'Entitlement' });
    const entitlementName = lowRiskFor(report.name);
    await entitlement.fill(entitlementName);
    await form.getByRole('option', { name: entitlementName }).first().click();
    await form.getByRole('textbox', { name: 'Reason' }).fill('for the <b>quarter</b> & after');
    await form.getByRole('button', { name: 'Request access' }).click();
    await says(form, /request #\d+ sent/);
    await form.getByRole('button', { name: 'Close', exact: true }).click();
    await be(manager.name);
    const mail = page.getByRole('article', { name: /^Approve\?/ });
    await mail.waitFor();
    const personalMessage = page.frameLocator('iframe[title^="The e-mail"]');
    const quoted = personalMessage
      .getByText('for the <b>quarter</b> & after')
      .filter({ visible: true });
    await quoted.first().waitFor();
    await personalMessage.getByText(`${report.name}'s manager`).first().waitFor();
    await personalMessage.getByRole('link', { name: /Deny|Open task/ }).waitFor();
    await mail.getByText('All headers').click();
    await says(mail, 'auto-submitted: auto-generated');
    await mail.getByRole('button', { name: 'Show as plain text' }).click();
    const link = mail.getByRole('link', { name: /\/t\/[\w-]{43}\?decide=yes$/ });
    address = (await link.textContent()) ?? '';
  });

  it('opens the link of that mail, approves on its page, and the requester’s card changes', async () => {
    const taskPage = await browser.newPage();
    await taskPage.goto(address);
    await says(taskPage.getByRole('main'), 'for the <b>quarter</b> & after');
    await taskPage.getByRole('textbox', { name: 'Reason' }).first().fill('until the quarter ends');
    await taskPage.getByRole('button', { name: 'Approve' }).click();
    await says(taskPage.getByRole('status'), /approved this just now/);
    await taskPage.close();
    await be(requester);
    await tab('Messages').click();
    await says(lastMessage(), 'until the quarter ends');
  });

  it('sees no error in the browser console', () => {
    expect(complaints).toEqual([]);
  });
});
