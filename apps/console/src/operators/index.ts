import { screen } from '../kit/screen.ts';

export const operators = {
  list: screen(() => import('./OperatorList.tsx'), 'OperatorList'),
  create: screen(() => import('./OperatorInvite.tsx'), 'OperatorInvite'),
  show: screen(() => import('./OperatorShow.tsx'), 'OperatorShow'),
};
