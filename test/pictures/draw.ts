import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../support/chromium.ts';
import { miningScenes } from './mining-scenes.ts';
import { type Shot, Stage } from './stage.ts';
import { taskScenes } from './task-scenes.ts';

/** One picture: its file, its title, and the steps until it can be taken. */
export interface Scene {
  name: string;
  title: string;
  show: (stage: Stage) => Promise<Shot>;
}

/** Each picture shows the same place in these three ways, side by side. */
const looks = [
  { colorScheme: 'light', width: 1000 },
  { colorScheme: 'dark', width: 1000 },
  { colorScheme: 'light', width: 390 },
] as const;
const height = 1000;
const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

/** Draws all scenes, or those named on the command line, into docs/pictures. */
async function draw(names: readonly string[]): Promise<void> {
  const executablePath = findChromium('draw the pictures');
  if (!executablePath) throw new Error('The pictures need Chromium.');
  const scenes: Scene[] = [...taskScenes, ...miningScenes];
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const stage = await Stage.open();
  if (names.length === 0) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    for (const scene of scenes) {
      const shot = await scene.show(stage);
      if (names.length > 0 && !names.includes(scene.name)) continue;
      writeFileSync(`${folder}${scene.name}.png`, await drawLooks(browser, shot));
      console.log(scene.name);
    }
  } finally {
    await browser.close();
    await stage.close();
  }
  if (names.length === 0) writeFileSync(`${folder}README.md`, listPictures(scenes));
}

async function drawLooks(browser: Browser, shot: Shot): Promise<Buffer> {
  const images: string[] = [];
  for (const { colorScheme, width } of looks) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height } });
    await page.addInitScript(() => localStorage.setItem('rolemine-hint', 'seen'));
    images.push((await drawPlace(page, shot)).toString('base64'));
    await page.close();
  }
  const page = await browser.newPage({ viewport: { width: 2_400, height } });
  const tags = images.map((one) => `<img src="data:image/png;base64,${one}">`).join('');
  await page.setContent(
    `<body style="margin:0"><div style="width:max-content;display:flex;gap:16px;align-items:flex-start;background:#888;padding:16px">${tags}</div></body>`,
  );
  const picture = await page.locator('div').screenshot();
  await page.close();
  return picture;
}

async function drawPlace(page: Page, { url, find }: Shot): Promise<Buffer> {
  await page.goto(url);
  const place = find(page);
  await place.waitFor();
  // Charts, mail frames and fonts take a moment.
  await page.waitForTimeout(400);
  return place.screenshot();
}

function listPictures(scenes: readonly Scene[]): string {
  const parts = scenes.map(({ name, title }) => `## ${title}\n\n![${title}](${name}.png)\n`);
  return `# Pictures\n\n\`npm run docs:pictures\` draws them from the made-up company: light, dark, and on a phone of 390 pixels.\n\n${parts.join('\n')}`;
}

await draw(process.argv.slice(2));
