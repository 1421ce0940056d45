import { execFileSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import express, { type Request } from 'express';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { bundle, type Bundle } from './bundle.fixture.ts';
import { canRoute } from './express.ts';
import { CanProvider, useCan } from './react.ts';
import type { MemoryControlPlane } from './testing.ts';
import { TASKS, admitBob, closeAll, connect, until } from './tasks.fixture.ts';

jest.setTimeout(60_000);

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const chromiumPath = () =>
  process.env['LICET_CHROMIUM'] ?? execFileSync(process.execPath, [at('../../../tools/browser.mjs')], { encoding: 'utf8' });
const REACTS = { 18: at('../../../tools/react-18/node_modules/'), 19: at('../../../node_modules/') };

let browser: Browser;
beforeAll(async () => {
  const args = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'];
  browser = await chromium.launch({ executablePath: chromiumPath().trim().split('\n').at(-1)!, args });
});
afterAll(() => browser.close());

describe.each(Object.entries(REACTS))('useCan() in a browser, with React %s', (version, reacts) => {
  let script: Bundle;
  let page: Page;
  let asked: { permission: string }[][];
  /** What the endpoint waits for, and what it answers with in place of answers. */
  let gate: Promise<void>;
  let broken: number | undefined;
  let plane: MemoryControlPlane;
  let licet: ReturnType<typeof connect>['licet'];
  let stop: () => Promise<unknown>;

  beforeAll(async () => {
    const alias = { react: `${reacts}react`, 'react-dom': `${reacts}react-dom` };
    script = bundle(at('react.fixture.ts'), { resolve: { alias } });
    ({ plane, licet } = connect());
    await licet.ready();
    const app = express();
    app.get(
      '/',
      (_request, response) => void response.send('<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>'),
    );
    app.get('/page.js', (_request, response) => void response.type('js').send(script.code));
    app.post('/can', express.json(), async (request, response, next) => {
      asked.push((request.body as { questions: { permission: string }[] }).questions);
      const refusal = broken;
      await gate;
      if (refusal === undefined) next();
      else response.status(refusal).json({ answers: [true, true, true, true] });
    });
    app.post('/can', canRoute(licet, { subject: (request: Request) => request.get('x-user') }));
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    page = await browser.newPage({ baseURL: url });
    stop = async () => {
      await page.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await closeAll();
    };
  });
  afterAll(() => stop());
  beforeEach(async () => {
    [asked, gate, broken] = [[], Promise.resolve(), undefined];
    await licet.reach(plane.commit({ kind: 'assignments', id: 'a-alice', row: TASKS.assignments![0]! }));
  });

  const shown = () => page.locator('li').allTextContents();
  const shows = async (...items: string[]) => {
    await page
      .locator('ul')
      .filter({ hasText: new RegExp(`^${items.join('')}$`) })
      .waitFor();
  };
  const press = (name: string) => page.getByRole('button', { name }).click();
  const ALL = ['t1 readable deletable', 't2 readable', 't3 readable deletable'];

  it('is that React, and brings nothing of Node, of the contract or of the engine along', () => {
    expect(script.code.includes(`"${version}.`)).toBe(true);
    expect([script.imports, script.dynamicImports]).toEqual([[], []]);
    const own = script.moduleIds.filter((id) => !/\/node_modules\/(react|react-dom|scheduler)\/|^\0/.test(id));
    expect(own.map((id) => id.slice(id.lastIndexOf('/') + 1)).sort()).toEqual(['react.fixture.ts', 'react.ts']); // of the questions only a number is left
  });

  it('says no until the answers come, and asks what all components ask in one request', async () => {
    const release = Promise.withResolvers<void>();
    gate = release.promise;
    await page.goto('/');
    await until(() => asked.length > 0);
    expect(await shown()).toEqual(['t1', 't2', 't3']);
    release.resolve();
    await shows(...ALL);
    expect(asked.map((questions) => questions.map(({ permission }) => permission))).toEqual([
      ['task:read', 'task:delete', 'task:delete', 'task:delete'],
    ]);
  });

  it('keeps its answers until it is told to ask anew, and shows the old ones until the new ones come', async () => {
    await page.goto('/');
    await shows(...ALL);
    await licet.reach(plane.commit({ kind: 'assignments', id: 'a-alice', row: null }));
    await press('Many');
    await page.getByText('0 of 450').waitFor();
    expect(await shown()).toEqual(ALL);
    const release = Promise.withResolvers<void>();
    [asked, gate] = [[], release.promise];
    await press('Refresh');
    await until(() => asked.length > 0);
    expect(await shown()).toEqual(ALL);
    release.resolve();
    await shows('t1', 't2', 't3');
  });

  it('says no to everything where there is no valid answer, and why', async () => {
    await page.goto('/');
    await shows(...ALL);
    broken = 500;
    await press('Refresh');
    await shows('t1', 't2', 't3');
    expect(await page.locator('i').textContent()).toContain('/can answered 500');
    expect(asked).toHaveLength(2); // and it is not asked over and over
    broken = undefined;
    await press('Refresh');
    await shows(...ALL);
    broken = 200; // four answers, to more questions than that
    await press('Many');
    await page.getByText('0 of 450').waitFor();
    expect(await page.locator('i').textContent()).toContain('gave no valid answer');
  });

  it('passes over an answer that comes after it was told to ask anew', async () => {
    const late = Promise.withResolvers<void>();
    gate = late.promise;
    await page.goto('/');
    await until(() => asked.length === 1);
    gate = Promise.resolve();
    broken = 500;
    await press('Refresh');
    await until(() => asked.length === 2);
    await page.getByText('/can answered 500').waitFor();
    const first = page.waitForResponse((response) => response.status() === 200);
    late.resolve();
    await (await first).finished();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    expect(await shown()).toEqual(['t1', 't2', 't3']);
  });

  it('asks in as many requests as it takes', async () => {
    await page.goto('/');
    await shows(...ALL);
    asked = [];
    await press('Many');
    await page.getByText('450 of 450').waitFor();
    expect(asked.map(({ length }) => length).sort()).toEqual([200, 200, 50].sort());
  });

  it('keeps nothing when somebody else signs in', async () => {
    await page.goto('/');
    await shows(...ALL);
    const release = Promise.withResolvers<void>();
    gate = release.promise;
    await licet.reach(plane.commit(admitBob));
    await press('Bob');
    expect(await shown()).toEqual(['t1', 't2', 't3']);
    release.resolve();
    await shows('t1 readable', 't2 readable deletable', 't3 readable');
  });
});

describe('useCan() elsewhere', () => {
  const Asking = () => createElement('p', null, useCan().can('task:read') ? 'yes' : 'no');

  it('says no on a server', () => {
    expect(renderToString(createElement(CanProvider, { url: '/can' }, createElement(Asking)))).toBe('<p>no</p>');
  });

  it('says what is missing without a provider', () => {
    expect(() => renderToString(createElement(Asking))).toThrow('useCan() needs a <CanProvider> above it');
  });
});
