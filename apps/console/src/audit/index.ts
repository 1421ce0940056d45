import { screen } from '../kit/screen.ts';

export const auditEntries = {
  list: screen(() => import('./AuditTrail.tsx'), 'AuditTrail'),
  show: screen(() => import('./AuditEntryShow.tsx'), 'AuditEntryShow'),
};
