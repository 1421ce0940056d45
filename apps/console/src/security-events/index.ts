import { screen } from '../kit/screen.ts';

export const securityEvents = {
  list: screen(() => import('./SecurityEvents.tsx'), 'SecurityEvents'),
  show: screen(() => import('./SecurityEventShow.tsx'), 'SecurityEventShow'),
};
