import { screen } from '../kit/screen.ts';

export const users = {
  list: screen(() => import('./UserList.tsx'), 'UserList'),
  create: screen(() => import('./UserCreate.tsx'), 'UserCreate'),
  edit: screen(() => import('./UserEdit.tsx'), 'UserEdit'),
  show: screen(() => import('./UserShow.tsx'), 'UserShow'),
};
