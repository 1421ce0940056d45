import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PlannedOp, PolicyFile } from '@licet/contract';
import { formatPolicyFile, parsePolicyFile } from '@licet/policy';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { apply, readPolicyYaml } from '../../test/policy.ts';

describe.each(DIALECTS)('a policy file beside what it does not name (%s)', (dialect) => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startApi(dialect);
    await api.key('app');
    await apply(api, readPolicyYaml());
  });
  afterAll(() => api.stop());

  const exported = async () => (await api.call('GET', '/api/v1/policy')).body as PolicyFile;
  const planned = async (file: object, prune: boolean) => {
    const { ops } = (await apply(api, file, { prune, dryRun: true })).body as { ops: PlannedOp[] };
    return ops.map(({ action, kind, target }) => `${action} ${kind} ${target}`);
  };

  it('applies no plan that was made for another policy than is in force', async () => {
    const file = { tenants: { planned: {} } };
    const { revision } = (await apply(api, file, { dryRun: true })).body;
    await api.create('tenants', { id: 'meanwhile' });
    const late = await apply(api, file, { revision });
    expect([late.status, late.body.code]).toEqual([412, 'version_mismatch']);
    expect(Object.keys((await exported()).tenants!)).not.toContain('planned');
    const next = (await apply(api, file, { dryRun: true })).body.revision as number;
    expect((await apply(api, file, { revision: next })).body).toMatchObject({ applied: true, revision: next + 1 });
  });

  it('leaves an inline condition without a grant alone, unless it is not named where conditions are pruned', async () => {
    const when = 'resource.properties.left == true';
    await apply(api, { roles: { left: { grants: [{ permission: 'doc:read', when }] } } });
    const [grant] = (await api.call('GET', '/api/v1/grants?role=left')).body.items;
    await api.call('DELETE', `/api/v1/grants/${grant.id}`, undefined, { 'if-match': `"${grant.version}"` });
    const file = await exported();
    expect(file.conditions![grant.condition]).toBe(when);
    expect(await planned(file, false)).toEqual([]);
    expect(await planned(file, true)).toEqual([]);
    expect(await planned({ tenants: file.tenants }, false)).toEqual([]);
    const { [grant.condition]: _, ...conditions } = file.conditions!;
    expect(await planned({ ...file, conditions }, true)).toEqual([`delete conditions ${grant.condition}`]);
  });

  it('knows a user whose key no map of JavaScript can hold', async () => {
    await api.create('users', { id: '__proto__', name: 'Odd' });
    await api.create('assignments', { user: '__proto__', role: 'viewer' });
    const file = parsePolicyFile(formatPolicyFile(PolicyFile.parse(await exported())));
    expect(file.users!['user:__proto__']).toEqual({ name: 'Odd', enabled: true, attributes: {} });
    expect(await planned(file, true)).toEqual([]);
    const { 'user:__proto__': _, ...users } = file.users!;
    expect(await planned({ ...file, users, assignments: [] }, true)).toContain('delete users __proto__');
  });

  it('leaves what accounts of keys may do, which no export names', async () => {
    const { id } = (await api.create('assignments', { user: 'service:app', role: 'viewer' })).body;
    const file = await exported();
    expect(JSON.stringify(file)).not.toContain('service:app');
    expect((await apply(api, file, { prune: true, dryRun: true })).body.ops).toEqual([]);
    expect((await apply(api, { assignments: [] }, { prune: true })).body.applied).toBe(true);
    expect(
      (await api.call('GET', '/api/v1/assignments?user=service:app&role=viewer')).body.items.map((row: { id: string }) => row.id),
    ).toEqual([id]);
  });

  it('takes what accounts of keys may do away with a role or a tenant that goes', async () => {
    await api.create('roles', { id: 'gone' });
    await api.create('tenants', { id: 'gone' });
    const targets = [];
    for (const row of [{ role: 'gone' }, { role: 'viewer', tenant: 'gone' }]) {
      targets.push((await api.create('assignments', { user: 'service:app', ...row })).body.id);
    }
    const { roles, tenants } = await exported();
    const { gone: _, ...rest } = roles!;
    const { gone: __, ...others } = tenants!;
    expect(await planned({ roles: rest, tenants: others, assignments: [] }, true)).toEqual(
      expect.arrayContaining(['delete roles gone', 'delete tenants gone', ...targets.map((id) => `delete assignments ${id}`)]),
    );
  });

  it('prunes nothing that is still in use, and says by what and what to do', async () => {
    const was = await exported();
    const refused = async (file: object) => {
      const { status, body } = await apply(api, file, { prune: true, dryRun: true });
      expect([status, body.code]).toEqual([409, 'still_in_use']);
      return { ...body, said: body.errors.map(({ path, message }: Record<string, string>) => `${path}: ${message}`).sort() };
    };
    await api.create('roles', { id: 'held' });
    await api.create('tenants', { id: 'kept' });
    await api.create('resource-types', { id: 'page' });
    await api.create('conditions', { id: 'open', expression: 'resource.properties.open == true' });
    await api.create('grants', { role: 'held', permission: 'doc:read', condition: 'open' });
    await api.create('resources', { id: 'page:1', tenant: 'kept' });
    for (const user of ['al', 'bo', 'cy', 'di']) {
      await api.create('users', { id: user });
      await api.create('assignments', { user, role: 'held', resource: 'page:2' });
    }
    const held = await refused({ roles: was.roles });
    expect(held.detail).toMatch(/name it in the file, or remove what uses it, .* or give the file `assignments`/);
    expect(held.said).toEqual([expect.stringMatching(/^roles\.held: .* 4 assignments: (`held` to `\w\w` on `page:2`, ){3}and 1 more$/)]);
    const { detail, said } = await refused({ tenants: was.tenants, resourceTypes: was.resourceTypes });
    expect(detail).toContain('`assignments` and `resources`');
    expect(said).toEqual([
      expect.stringMatching(/^resourceTypes\.page: .* 1 registered resource: `page:1`$/),
      expect.stringMatching(/^resourceTypes\.page: .* 4 assignments: `held` to /),
      expect.stringMatching(/^tenants\.kept: .* 1 registered resource: `page:1`$/),
    ]);
    expect((await refused({ conditions: was.conditions })).said).toEqual([
      'conditions.open: cannot be pruned, since it is used by 1 grant: `doc:read` to role `held`',
    ]);
    const naming = {
      resourceTypes: was.resourceTypes,
      resources: was.resources,
      assignments: [{ user: 'al', role: 'viewer', resource: 'page:3' }],
    };
    const named = await refused(naming);
    expect([named.detail.includes('give the file'), named.said]).toEqual([
      false,
      ['resourceTypes.page: cannot be pruned, since it is used by 1 assignment: `viewer` to `al` on `page:3`'],
    ]);
    await api.create('assignments', { user: 'service:app', role: 'viewer', resource: 'page:2' });
    expect(await planned(was, true)).toEqual(
      expect.arrayContaining(['delete resource-types page', 'delete roles held', 'delete tenants kept']),
    );
    expect((await apply(api, was, { prune: true })).body.applied).toBe(true);
    const { items } = (await api.call('GET', '/api/v1/assignments?user=service:app')).body;
    expect(items.filter(({ resource }: { resource: string | null }) => resource !== null)).toEqual([]);
  });
});
