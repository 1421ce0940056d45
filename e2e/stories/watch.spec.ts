import { graveFindings, overflow } from '../src/accessibility.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';
import { Watch } from '../src/watch.ts';

const stack = useStack({});

test('what must never happen in a story is seen when it does', async ({ browser }) => {
  const context = await browser.newContext();
  const watch = await Watch.over(context);
  const page = await context.newPage();
  await page.goto(`${stack.licet.url}/#/login`);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(watch.found([])).toEqual([]);

  await page.evaluate(async () => {
    console.error('something is wrong');
    setTimeout(() => {
      throw new Error('thrown');
    });
    await fetch('api/v1/nothing');
    new Image().src = 'https://licet.example/tracker.png';
  });
  await expect.poll(() => watch.found([]).join('\n')).toContain('CSP violation: img-src https://licet.example');
  const found = watch.found([]).join('\n');
  for (const fault of ['something is wrong', 'thrown', '/api/v1/nothing answered 40']) expect(found).toContain(fault);

  await page.goto('data:text/html,<img alt="" src="http://licet.example/tracker.png">');
  await expect.poll(() => watch.found([]).join('\n')).toContain('left this machine: http://licet.example');
  await context.close();
});

test('a planted accessibility fault is found', async ({ person }) => {
  const page = await person();
  await page.setContent(
    '<html lang="en"><title>Faults</title><h1>Faults</h1><p style="color:#bbb">pale</p><button></button><div style="width:3000px">wide</div></html>',
  );
  expect((await graveFindings(page)).map((fault) => fault.split(':')[0])).toEqual(['button-name', 'color-contrast']);
  expect(await overflow(page)).toBeGreaterThan(1000);
});
