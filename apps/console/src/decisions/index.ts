import { screen } from '../kit/screen.ts';

export const decisions = {
  list: screen(() => import('./DecisionLog.tsx'), 'DecisionLog'),
  show: screen(() => import('./DecisionShow.tsx'), 'DecisionShow'),
};
