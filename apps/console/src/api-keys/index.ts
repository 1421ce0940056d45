import { screen } from '../kit/screen.ts';

export const apiKeys = {
  list: screen(() => import('./ApiKeyList.tsx'), 'ApiKeyList'),
  create: screen(() => import('./ApiKeyCreate.tsx'), 'ApiKeyCreate'),
  show: screen(() => import('./ApiKeyShow.tsx'), 'ApiKeyShow'),
};
