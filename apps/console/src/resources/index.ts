import { screen } from '../kit/screen.ts';

export const resources = {
  list: screen(() => import('./ResourceList.tsx'), 'ResourceList'),
  create: screen(() => import('./ResourceCreate.tsx'), 'ResourceCreate'),
  edit: screen(() => import('./ResourceEdit.tsx'), 'ResourceEdit'),
  show: screen(() => import('./ResourceShow.tsx'), 'ResourceShow'),
};
