// Each house rule goes red on the smallest tree that breaks it. Run by `npm test` with Node's own runner: node --test tools/*.spec.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReported, PLANTS } from './tidy-plants.mjs';
import { RULES } from './tidy-rules.mjs';

const ADR = ['Context', 'Options', 'Decision', 'Cost', 'How to overturn it'].map((part) => `## ${part}\n`).join('');
const GOOD = {
  LICENSE: 'Apache License Version 2.0 END OF TERMS AND CONDITIONS',
  'CHANGELOG.md': '## Unreleased\n',
  'README.md': '# Read me\n\n[there](docs/adr/0001-first.md#context), [here](#read-me), [out](https://example.org/x), ![picture](docs/p.png)\n',
  'docs/p.png': '',
  'docs/adr/0001-first.md': ADR,
  'package-lock.json': '{ "packages": { "node_modules/x": { "version": "1.0.0" } } }',
  'libs/engine/package.json': '{ "license": "Apache-2.0", "nx": { "tags": ["kind:engine"] }, "scripts": { "lint": "eslint ." } }',
  'examples/shop/policy.yaml': 'licet: 1\nroles:\n  # who sells\n  sales: { grants: [item:read] }\n\n  shop.boss:\n    inherits: [sales]\nusers:\n  dora: {}\n',
  'examples/shop/app.py': 'SALES = "sales figures of dora"\n',
  'examples/shop/seed.json': '["sales"]',
  'examples/shop/tests/test_app.py': 'role = "sales"\n',
  'libs/engine/src/index.ts': 'export const one = 1;\n',
  'apps/api/src/migrations/sqlite/1-create.ts': '',
  'apps/api/src/migrations/postgres/1-create.ts': '',
};

/** What breaks a rule, and a word of what is said about it. */
const BROKEN = [
  ['libs/engine/src/long.ts', 'x\n'.repeat(301), 'has 301 lines'],
  ['apps/api/src/migrations/sqlite/2-add.ts', '', 'is missing for postgres'],
  ['apps/api/src/migrations/postgres-log/1-create.ts', '', 'is missing for sqlite'],
  ['apps/api/src/roles/roles.service.ts', 'await em.nativeUpdate(Role, {}, {});', 'write through changes.commit'],
  ['apps/api/src/roles/roles.service.ts', 'await em.getConnection().execute(`update role`);', 'write through changes.commit'],
  ['apps/api/src/operators/sessions.service.ts', 'await em.nativeDelete(User, {});', 'write through changes.commit'],
  ['apps/api/src/operators/sessions.service.ts', '', 'take it off the list'],
  ['libs/engine/package.json', '{ "license": "Apache-2.0", "nx": { "tags": ["kind:engin"] }, "scripts": { "lint": "eslint ." } }', '0 known `kind:` tags'],
  ['libs/engine/package.json', '{ "license": "Apache-2.0", "nx": { "tags": ["kind:engine"] }, "scripts": {} }', 'does not lint'],
  ['libs/engine/eslint.config.mjs', '', 'overrides the one at the root'],
  ['libs/engine/src/parts/index.ts', '', 'and no other'],
  ['libs/engine/src/a.ts', "import { one } from 'left-pad/one';\n", 'imports left-pad, which is not among'],
  ['libs/engine/src/a.ts', "const { one } = await import('@left/pad');\n", 'imports @left/pad, which is not among'],
  ['apps/api/src/utils/text.ts', '', 'says nothing about what is in it'],
  ['libs/engine/src/a.ts', '// eslint-disable-next-line no-console\n', 'and the reason'],
  ['libs/engine/src/a.ts', '// @ts-ignore because\n', 'and the reason'],
  ['libs/engine/src/a.spec.ts', "it.only('x', () => {});", 'the others do not run'],
  ['docs/guide.md', 'Look into /home/someone/licet/data.', 'a path of one machine'],
  ['package-lock.json', '{ "resolved": "https://registry.example/x.tgz" }', 'registry addresses'],
  ['.npmrc', 'registry=https://registry.example', "reader's own setting"],
  ['LICENSE', 'All rights reserved', 'not the whole text'],
  ['apps/cli/package.json', '{ "license": "MIT", "nx": { "tags": ["kind:cli"] } }', 'does not say'],
  ['examples/shop/app.py', "if user.role == 'sales':\n", 'names a role'],
  ['examples/shop/src/main.ts', 'if (user.is("shop.boss")) go();\n', 'names a role'],
  ['examples/shop/templates/page.html', "{% if has_role('sales') %}", 'names a role'],
  ['docs/guide.md', '[lost](nowhere.md)', 'which is not there'],
  ['docs/guide.md', '![lost](images/none.png)', 'which is not there'],
  ['docs/guide.md', '[lost](../README.md#nothing)', 'no such heading'],
  ['docs/guide.md', 'Held by `engine/src/gone.spec.ts`.', 'which is not there'],
  ['docs/guide.md', 'Held by `tests/test_gone.py`.', 'which is not there'],
  ['docs/adr/0003-third.md', ADR, 'should have the number 0002'],
  ['docs/adr/0002-second.md', '## Context\n', 'has no section `Cost`'],
  ['CHANGELOG.md', '## 1.0.0\n', 'has no `## Unreleased`'],
];

function findings(files) {
  const tree = { files: Object.keys(files).sort(), read: (file) => files[file] };
  return RULES.flatMap((rule) => rule.check(tree));
}

test('a good tree has no findings', () => {
  assert.deepEqual(findings(GOOD), []);
});

for (const [file, text, said] of BROKEN) {
  test(`${file}: ${said}`, () => {
    const found = findings({ ...GOOD, [file]: text });
    assert.ok(found.some((line) => line.includes(said)), `found: ${found.join('; ')}`);
  });
}

test('a statement on the list is allowed', () => {
  assert.deepEqual(findings({ ...GOOD, 'apps/api/src/operators/sessions.service.ts': 'await em.nativeDelete(Session, {}); await em.upsert(OperatorUse, {});' }), []);
});

test('links inside code blocks are no links', () => {
  assert.deepEqual(findings({ ...GOOD, 'docs/guide.md': '```md\n[lost](nowhere.md)\n```\n' }), []);
});

test('a plant counts as reported only by an error of its rule on its own line', () => {
  const [first, second] = PLANTS.filter((plant) => plant.project === 'libs/contract');
  const output = (number, level, rule) => `/x/libs/contract/src/planted-by-tidy.ts\n  ${number}:1  ${level}  not allowed\n\nmore about it  ${rule}\n\n✖ 1 problem\n`;
  assert.equal(isReported(first, output(1, 'error', first.rule)), true);
  assert.equal(isReported(second, output(1, 'error', second.rule)), false);
  assert.equal(isReported(first, output(1, 'warning', first.rule)), false);
  assert.equal(isReported(first, output(1, 'error', 'no-undef')), false);
  assert.equal(isReported(first, 'No cached ProjectGraph is available. The rule will be skipped.'), false);
});

test('tests are named by their path, its end, or a pattern', () => {
  const files = { ...GOOD, 'apps/api/src/roles/a.spec.ts': '', 'docs/guide.md': '`apps/api/src/roles/a.spec.ts`, `roles/a.spec.ts`, `a.spec.ts`, `src/roles/*.spec.ts`, `test_app.py`\n' };
  assert.deepEqual(findings(files), []);
  assert.equal(findings({ ...files, 'docs/guide.md': '`s/a.spec.ts`, `src/*.spec.ts`' }).length, 2);
});
