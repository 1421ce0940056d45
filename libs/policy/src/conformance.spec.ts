import { readdirSync, readFileSync } from 'node:fs';
import type { Expr } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { parseCondition } from './parse-condition.ts';

interface CaseFile {
  policy: { conditions?: { id: string; expression: string; tree: Expr }[] };
}

const root = new URL('../../conformance/', import.meta.url);
const folders = ['cases', 'explain', 'search', 'plan'].filter((folder) => readdirSync(root).includes(folder));
const files = folders.flatMap((folder) => readdirSync(new URL(`${folder}/`, root)).map((name) => `${folder}/${name}`));
const read = (name: string) => JSON.parse(readFileSync(new URL(name, root), 'utf8')) as CaseFile;

describe('the conformance cases', () => {
  it('hold conditions', () => {
    expect(files.flatMap((name) => read(name).policy.conditions ?? []).length).toBeGreaterThan(0);
  });

  it.each(files)('%s: every expression compiles to its tree', (name) => {
    const conditions = read(name).policy.conditions ?? [];
    const compiled = conditions.map(({ id, expression }) => ({ id, expression, ...parseCondition(expression) }));
    expect(compiled).toEqual(conditions.map(({ id, expression, tree }) => ({ id, expression, tree })));
  });
});
