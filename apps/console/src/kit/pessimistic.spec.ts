import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, '..');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.spec.ts'))
  .map((file) => ({ file, text: readFileSync(join(SOURCE, file), 'utf8') }));

/** What react-admin writes with in its own, optimistic or undoable, way unless told otherwise. */
const WRITERS = [
  'Edit',
  'Create',
  'SaveButton',
  'DeleteButton',
  'BulkDeleteButton',
  'BulkUpdateButton',
  'UpdateButton',
  'useUpdate',
  'useCreate',
  'useDelete',
];

// react-admin waits five seconds before it sends an undoable write, having said that it was saved: closing the tab loses it.
describe('the console never says that something is saved before the server has', () => {
  it('uses none of react-admin’s own writing components and hooks', () => {
    const imported = files.flatMap(({ file, text }) => {
      const names = [...text.matchAll(/import \{([^}]*)\} from '(?:react-admin|ra-core)'/g)].flatMap((match) =>
        (match[1] ?? '').split(','),
      );
      return names
        .map((name) => name.trim())
        .filter((name) => WRITERS.includes(name))
        .map((name) => `${file}: ${name}`);
    });
    expect(imported).toEqual([]);
  });

  it('tells every form’s frame to wait for the answer', () => {
    const frames = files.flatMap(({ text }) => [...text.matchAll(/<(?:EditBase|CreateBase)\b[^]*?>\n/g)].map(([tag]) => tag));
    expect(frames).toHaveLength(2);
    for (const frame of frames) expect(frame).toContain('mutationMode="pessimistic"');
  });
});
