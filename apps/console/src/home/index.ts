import { screen } from '../kit/screen.ts';

export const Home = screen(() => import('./Home.tsx'), 'Home');
