import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { main } from './main.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/flask-task-manager/policy.yaml', import.meta.url));

let folder: string;
let policy: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'licet-test-'));
  policy = join(folder, 'policy.yaml');
});

afterAll(() => rmSync(folder, { recursive: true }));

async function licet(args: string[]) {
  let [out, err] = ['', ''];
  const exitCode = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), env: {}, color: false });
  return { exitCode, out, err };
}

describe('licet test', () => {
  const failing = `licet: 1
resourceTypes: { task: { actions: [read] } }
conditions: { is-owner: resource.properties.ownerId == subject.id }
roles: { member: { inherits: [base], grants: [{ permission: "task:read", when: is-owner }] }, banned: { grants: [{ permission: "task:*", effect: deny }] } }
groups: { outlaws: { members: [eve] } }
assignments: [{ group: everyone, role: member }, { group: outlaws, role: banned }]
tests:
  - { name: alice may read, ask: { subject: alice, action: read, resource: { type: task, id: t1 } }, expect: allow }
  - { name: eve may read, ask: { subject: eve, action: read, now: 2026-01-01T00:00:00Z, resource: { type: task, id: t1, properties: { ownerId: eve } } }, expect: allow }
`;

  it('needs neither a server nor a key, and passes on the example', async () => {
    const { exitCode, out, err } = await licet(['test', EXAMPLE]);
    expect(err).toBe('');
    expect(out).toMatch(/^.*policy\.yaml\n {2}✓ everyone may create a task\n[^]*\n\d+ tests, 0 failed\n$/);
    expect(exitCode).toBe(0);
  });

  it('says of a failing test what was asked, expected and answered, and why', async () => {
    writeFileSync(policy, failing);
    const { exitCode, out } = await licet(['test', policy]);
    expect(out).toContain('  note roles.member.inherits: the role `base` does not exist in this file\n');
    expect(out).toMatch(
      /✗ alice may read\n {6}asked: {4}alice read task:t1\n {6}at: {7}2\d{3}-.*\n {6}expected: allow\n {6}got: {6}deny \(no_matching_grant\)\n/,
    );
    expect(out).toContain(
      '      why:      the condition `is-owner` could not be evaluated: missing_attribute at resource.properties.ownerId\n',
    );
    expect(out).toContain('      asked:    eve read task:t1 {"ownerId":"eve"}\n      at:       2026-01-01T00:00:00.000Z\n');
    expect(out).toContain('      why:      group outlaws is banned in default -> banned -> deny task:*\n');
    expect(out).toMatch(/\n2 tests, 2 failed\n$/);
    expect(exitCode).toBe(1);
  });

  it('goes on to the other files where one cannot be run', async () => {
    writeFileSync(policy, 'licet: 1\nroles: [\n');
    const { exitCode, out, err } = await licet(['test', policy, join(folder, 'nowhere.yaml'), EXAMPLE]);
    expect(err).toContain(`licet: ${policy}: the file is not valid YAML\n`);
    expect(err).toContain('nowhere.yaml: there is no such file\n');
    expect(out).toMatch(/ tests, 0 failed; 2 of 3 files could not be run\n$/);
    expect(exitCode).toBe(1);
  });
});
