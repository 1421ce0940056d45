import { LicetError } from '@licet/contract';
import { z } from 'zod';
import type { Where } from './collection.ts';

// Days that exist, in years that both databases keep; `Date` guesses a time in almost any text.
const Time = z.iso.datetime({ offset: true }).or(z.iso.date());
const [FIRST, END] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('+010000-01-01T00:00:00Z')];

/** The filters `since` and `until` of the two logs, on their column `at`. */
export function since(name: string, value: string): Where | undefined {
  if (name !== 'since' && name !== 'until') return undefined;
  const time = new Date(Time.safeParse(value).success ? value : NaN);
  if (!(time.getTime() >= FIRST && time.getTime() < END)) {
    throw new LicetError('invalid_request', `${name}: write a time such as \`2026-01-31T12:00:00Z\`, or a day such as \`2026-01-31\``);
  }
  return { at: name === 'since' ? { $gte: time } : { $lt: time } };
}
