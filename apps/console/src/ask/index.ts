import { screen } from '../kit/screen.ts';

export const ask = screen(() => import('./AskPage.tsx'), 'AskPage');
