import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, jest } from '@jest/globals';
import { compareWithPython } from './python.ts';

jest.setTimeout(600_000); // Seconds of work, on a machine that may be very busy.

it('gives the answers of the engine in Python', async () => {
  const { count, differences, examples, counts } = await compareWithPython(8_000, 20260603);
  expect(examples).toEqual([]);
  expect([count, differences]).toEqual([8_000, 0]);
  expect(counts['explained, planned and searched']).toBeGreaterThan(100);
});

it('would notice a rule that Python keeps otherwise', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'licet-'));
  try {
    const wrong = join(folder, 'wrong.py');
    const [program, sdk] = ['./answers.py', '../../libs/sdk-python/src'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
    const lines = ['import runpy, sys', `sys.path.insert(0, ${JSON.stringify(sdk)})`, 'import licet._engine'];
    writeFileSync(wrong, [...lines, 'licet._engine.DEFAULT_TENANT = "elsewhere"', `runpy.run_path(${JSON.stringify(program)})`].join('\n'));
    expect((await compareWithPython(2_000, 20260603, undefined, wrong)).differences).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
