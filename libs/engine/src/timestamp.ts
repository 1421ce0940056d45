const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** The Gregorian calendar repeats after 400 years. */
const GREGORIAN_CYCLE_MS = 146_097 * 86_400_000;
/** 0001-01-01T00:00:00Z and the last millisecond of 9999, in UTC. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;

/**
 * Reads a timestamp (RFC 3339, section 5.6): date, time, and `Z` or an offset. Leap seconds and the year 0000 are refused, and
 * what lies outside the years 0001 to 9999 in UTC (cel-spec, "Timestamps").
 * @param text for instance `2026-01-31T12:00:00+01:00`
 * @returns milliseconds since the epoch, further digits cut off; undefined where `text` is no timestamp
 */
export function parseTimestamp(text: string): number | undefined {
  const parts = RFC3339.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const [offsetHour, offsetMinute] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  if (year < 1 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const ms = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const local = Date.UTC(year + 400, month - 1, day, hour, minute, second, ms) - GREGORIAN_CYCLE_MS;
  const offset = (offsetHour * 60 + offsetMinute) * 60_000;
  const utc = parts[8] === '-' ? local + offset : local - offset;
  return utc < FIRST_MS || utc > LAST_MS ? undefined : utc;
}

/** How many days the month has; 0 where there is no such month. */
function daysIn(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS_IN_MONTH[month - 1] ?? 0) + (leap ? 1 : 0);
}
