import { screen } from '../kit/screen.ts';

export const conditions = {
  list: screen(() => import('./ConditionList.tsx'), 'ConditionList'),
  create: screen(() => import('./ConditionCreate.tsx'), 'ConditionCreate'),
  edit: screen(() => import('./ConditionEdit.tsx'), 'ConditionEdit'),
  show: screen(() => import('./ConditionShow.tsx'), 'ConditionShow'),
};
