import { test as base, expect, type BrowserContextOptions, type Page } from '@playwright/test';
import { Watch } from './watch.ts';

interface Visit extends BrowserContextOptions {
  /** The statuses that this person is refused with in the course of the story. Any other refusal is a fault. */
  refusals?: number[];
}

interface Fixtures {
  /** Opens a browser of its own for one person, as with another computer, and watches it. */
  person: (visit?: Visit) => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  person: async ({ browser }, use) => {
    const opened: { watch: Watch; refusals: number[]; page: Page }[] = [];
    await use(async ({ refusals = [], ...options } = {}) => {
      const context = await browser.newContext(options);
      const watch = await Watch.over(context);
      const page = await context.newPage();
      opened.push({ watch, refusals, page });
      return page;
    });
    for (const { page } of opened) await page.context().close();
    expect(opened.flatMap(({ watch, refusals }) => watch.found(refusals))).toEqual([]);
  },
});

export { expect };
