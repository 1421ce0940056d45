import { describe, expect, it } from '@jest/globals';
import type { Grant } from './cells.ts';
import { matrixLines, type MatrixLine } from './rows.ts';

const permission = (id: string, description = '') => {
  const [resourceType = '', action = ''] = id.split(':');
  return { id, resourceType, action, description, builtIn: id.startsWith('licet.') };
};
const permissions = [
  permission('licet.role:read'),
  permission('task:read', 'See a task'),
  permission('task:delete'),
  permission('project:read'),
];
const text = (line: MatrixLine) => (line.kind === 'group' ? `# ${line.type}` : line.permission);

describe('matrixLines', () => {
  it('groups permissions by type, each type headed by its wildcard, all types first and Licet’s own last', () => {
    expect(matrixLines(permissions, []).map(text)).toEqual([
      '# *',
      '*:*',
      '# project',
      'project:*',
      'project:read',
      '# task',
      'task:*',
      'task:read',
      'task:delete',
      '# licet.role',
      'licet.role:*',
      'licet.role:read',
    ]);
  });

  it('has a line for a wildcard over types that a grant names', () => {
    const grants = [{ permission: '*:read' }, { permission: '*:read' }, { permission: 'task:*' }] as Grant[];
    expect(matrixLines([], grants).map(text)).toEqual(['# *', '*:*', '*:read']);
  });

  it('keeps only lines that match, and drops the headings of empty groups', () => {
    expect(matrixLines(permissions, [], 'see a').map(text)).toEqual(['# task', 'task:read']);
    expect(matrixLines(permissions, [], 'TASK:').map(text)).toEqual(['# task', 'task:*', 'task:read', 'task:delete']);
  });
});
