import { screen } from '../kit/screen.ts';

export const resourceTypes = {
  list: screen(() => import('./ResourceTypeList.tsx'), 'ResourceTypeList'),
  create: screen(() => import('./ResourceTypeCreate.tsx'), 'ResourceTypeCreate'),
  edit: screen(() => import('./ResourceTypeEdit.tsx'), 'ResourceTypeEdit'),
  show: screen(() => import('./ResourceTypeShow.tsx'), 'ResourceTypeShow'),
};
