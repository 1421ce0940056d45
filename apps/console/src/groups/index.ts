import { screen } from '../kit/screen.ts';

export const groups = {
  list: screen(() => import('./GroupList.tsx'), 'GroupList'),
  create: screen(() => import('./GroupCreate.tsx'), 'GroupCreate'),
  edit: screen(() => import('./GroupEdit.tsx'), 'GroupEdit'),
  show: screen(() => import('./GroupShow.tsx'), 'GroupShow'),
};
