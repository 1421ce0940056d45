import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { routesDocument } from './routes-document.ts';

it('docs/routes.md says what every route needs', () => {
  expect(readFileSync(join(import.meta.dirname, '../../../../docs/routes.md'), 'utf8')).toBe(routesDocument());
});
