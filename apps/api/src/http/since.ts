import { LicetError } from '@licet/contract';
import type { Where } from './collection.ts';

/** The filters `since` and `until` of the two logs, on their column `at`. */
export function since(name: string, value: string): Where | undefined {
  if (name !== 'since' && name !== 'until') return undefined;
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) throw new LicetError('invalid_request', `${name}: write a time such as \`2026-01-31T12:00:00Z\``);
  return { at: name === 'since' ? { $gte: time } : { $lt: time } };
}
