import { screen } from '../kit/screen.ts';

export const tenants = {
  list: screen(() => import('./TenantList.tsx'), 'TenantList'),
  create: screen(() => import('./TenantCreate.tsx'), 'TenantCreate'),
  edit: screen(() => import('./TenantEdit.tsx'), 'TenantEdit'),
  show: screen(() => import('./TenantShow.tsx'), 'TenantShow'),
};
