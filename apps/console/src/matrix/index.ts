import { screen } from '../kit/screen.ts';

export const matrix = screen(() => import('./MatrixPage.tsx'), 'MatrixPage');
