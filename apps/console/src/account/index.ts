import { screen } from '../kit/screen.ts';

export const account = screen(() => import('./AccountPage.tsx'), 'AccountPage');
