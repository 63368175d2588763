import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openApp, type Running } from '../../src/main.ts';

const executablePath = findChromium();
if (!executablePath) {
  console.log(
    'Chromium: skipped, since there is none; set CHROMIUM_PATH to one to drive the sandbox page.',
  );
}

function findChromium(): string | undefined {
  const given = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find(
    (path) => path && existsSync(path),
  );
  if (given) return given;
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

describe.skipIf(!executablePath)('a newcomer at the sandbox page, in a real browser', () => {
  const profile = 'Engineers of the house';
  const complaints: string[] = [];
  let dataDir: string;
  let app: Running;
  let browser: Browser;
  let page: Page;
  /** Whom the journey finds out on its way. */
  const found = { person: '', manager: '', provisioner: '' };

  const column = () => page.getByRole('complementary').or(page.locator('#people'));
  const conversation = () => page.getByRole('main');
  const modal = (title: string) => page.getByRole('dialog', { name: title });
  const lastMessage = () => conversation().getByRole('article').last();

  async function be(who: string): Promise<void> {
    const search = page.getByRole('searchbox', { name: 'Find a person by name or title' });
    await search.fill(who);
    await column().getByRole('link', { name: who }).first().click();
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
    page.setDefaultTimeout(15_000);
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('opens the address and picks the Super Admin at the top left', async () => {
    await page.goto(app.url);
    await be('Super Admin');
    console.log(await page.locator('body').ariaSnapshot());
    await write('/rolemine analyze department=Engineering');
    await page.waitForTimeout(3000);
    console.log(await page.locator('main').ariaSnapshot());
    await page.getByRole('button', { name: 'Review' }).last().click();
    await page.waitForTimeout(1500);
    console.log(await page.getByRole('dialog').ariaSnapshot());
    expect(complaints).toEqual([]);
  });
});
