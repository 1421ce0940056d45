const two = (part: number) => String(part).padStart(2, '0');

/** @returns an instant as `<input type="datetime-local">` takes it: local time, to the minute */
export function toLocalInput(instant: string | null | undefined): string {
  if (!instant) return '';
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return '';
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** @returns the instant that a local time names; null when it is empty or unfinished */
export function fromLocalInput(text: string): string | null {
  const at = new Date(text);
  return text && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
}

export type AssignmentState = 'in force' | 'not yet' | 'ended';

/** Whether an assignment counts now. */
export function stateOf({ startsAt, expiresAt }: { startsAt: string | null; expiresAt: string | null }, now = Date.now()): AssignmentState {
  if (expiresAt && Date.parse(expiresAt) <= now) return 'ended';
  return startsAt && Date.parse(startsAt) > now ? 'not yet' : 'in force';
}
