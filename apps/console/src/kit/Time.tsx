import { Box, Tooltip } from '@mui/material';

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
];

/** `3 minutes ago`, `in 2 days`. */
export function relative(at: string, now = Date.now()): string {
  let amount = (Date.parse(at) - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return RELATIVE.format(Math.round(amount), unit);
    amount /= size;
  }
  return '';
}

interface Props {
  at: string;
  /** `exact`: with seconds, for logs. `short`: to the minute. `relative`: how long ago. */
  as?: 'exact' | 'short' | 'relative';
}

/** A time in the reader's zone; UTC on hover and for assistive technology. */
export function Time({ at, as = 'short' }: Props) {
  const date = new Date(at);
  const text = as === 'relative' ? relative(at) : (as === 'exact' ? LOCAL : DAY).format(date);
  const utc = `${at.replace('T', ' ').replace(/(\.\d+)?Z$/, '')} UTC`;
  return (
    <Tooltip title={as === 'relative' ? `${LOCAL.format(date)} · ${utc}` : utc}>
      <Box component="time" dateTime={at} sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
        {text}
      </Box>
    </Tooltip>
  );
}
