import { screen } from '../kit/screen.ts';

export const roles = {
  list: screen(() => import('./RoleList.tsx'), 'RoleList'),
  create: screen(() => import('./RoleCreate.tsx'), 'RoleCreate'),
  edit: screen(() => import('./RoleEdit.tsx'), 'RoleEdit'),
  show: screen(() => import('./RoleShow.tsx'), 'RoleShow'),
};
