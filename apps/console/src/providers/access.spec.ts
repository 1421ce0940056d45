import { describe, expect, it } from '@jest/globals';
import { RESERVED_PERMISSIONS } from '@licet/contract';
import { permissionFor } from './access.ts';

describe('permissionFor', () => {
  it('asks for reading where react-admin lists, shows or exports', () => {
    expect(permissionFor('roles', 'list')).toBe('licet.role:read');
    expect(permissionFor('audit-entries', 'show')).toBe('licet.audit-entry:read');
  });

  it('asks for the permission of the write', () => {
    expect(permissionFor('users', 'edit')).toBe('licet.user:update');
    expect(permissionFor('assignments', 'delete')).toBe('licet.assignment:delete');
    expect(RESERVED_PERMISSIONS).toContain(permissionFor('api-keys', 'create'));
  });

  it('has no permission for what is no collection', () => {
    expect(permissionFor('matrix', 'list')).toBeNull();
  });
});
