import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { settingsDocument } from './settings-document.ts';

it('docs/settings-pdp.md says what the schema of the settings says', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/settings-pdp.md'), 'utf8');
  expect(page).toBe(settingsDocument());
});
