import { screen } from '../kit/screen.ts';

export const account = screen(() => import('./AccountPage.tsx'), 'AccountPage');
export const factorDue = screen(() => import('./FactorDue.tsx'), 'FactorDue');
