import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The ways in which a page is looked at. */
const displays = [
  { colorScheme: 'light', viewport: { width: 1024, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 1024, height: 800 } },
  { colorScheme: 'light', viewport: { width: 320, height: 640 } },
] as const;

/**
 * Expects no accessibility violation of a page, and nothing wider than the screen, on all displays.
 * @param isShort without the wide screen in light mode, which has nothing that the other two do not have
 */
export async function expectNoFaults(page: Page, name: string, isShort = false): Promise<void> {
  for (const { colorScheme, viewport } of displays.slice(isShort ? 1 : 0)) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    expect([name, colorScheme, await findFaults(page)]).toEqual([name, colorScheme, []]);
  }
}

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
