import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const GRAVE = ['serious', 'critical'];
const MOST_TABS = 80;
const FORM_MS = 2000;

/** The rules that look at colours: what another theme may break. */
export const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds to be serious or critical on the page as it is, one line each.
 * @param rules left out: all of the levels that we hold
 */
export async function graveFindings(page: Page, rules?: string[]): Promise<string[]> {
  // Only faults are read: to say where each element stands that passes would be a tenth of the work of such a story.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await (rules ? axe.withRules(rules) : axe.withTags(LEVELS)).analyze();
  return violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`));
}

/** Waits until the page has read what it shows. */
export async function settled(page: Page, title: string | RegExp): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await expect(page.getByLabel('Loading')).toHaveCount(0);
}

/** How many pixels of the page are beyond its right edge, once it had the time to take its form. */
export async function overflow(page: Page): Promise<number> {
  const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect
    .poll(beyond, { timeout: FORM_MS })
    .toBeLessThanOrEqual(0)
    .catch(() => undefined);
  return beyond();
}

/** Presses Tab until an element has the focus: what somebody without a mouse does. */
export async function tabTo(page: Page, element: Locator): Promise<void> {
  await expect(element).toBeVisible();
  for (let presses = 0; presses < MOST_TABS; presses++) {
    await page.keyboard.press('Tab');
    if (await hasFocus(element)) return;
  }
  throw new Error(`${String(element)} is not reached by ${MOST_TABS} times Tab`);
}

export function hasFocus(element: Locator): Promise<boolean> {
  return element.evaluate((node) => node === document.activeElement);
}
