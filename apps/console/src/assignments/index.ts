import { screen } from '../kit/screen.ts';

export const assignments = {
  list: screen(() => import('./AssignmentList.tsx'), 'AssignmentList'),
  create: screen(() => import('./AssignmentCreate.tsx'), 'AssignmentCreate'),
  edit: screen(() => import('./AssignmentEdit.tsx'), 'AssignmentEdit'),
  show: screen(() => import('./AssignmentShow.tsx'), 'AssignmentShow'),
};
