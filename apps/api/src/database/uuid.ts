import { randomBytes } from 'node:crypto';

// The system is asked for chance once for many ids: one is made for every decision.
const POOL_IDS = 512;
const TAIL = 16; // hexadecimal digits of the last 64 bits
let pool = '';
let used = 0;

let lastTime = 0;
let sequence = 0;

/** A UUID of version 7 (RFC 9562, section 5.7), growing within a process even inside one millisecond. */
export function v7(now = Date.now()): string {
  if (now > lastTime) {
    lastTime = now;
    sequence = 0;
  } else if (++sequence > 0xfff) {
    lastTime++;
    sequence = 0;
  }
  const time = lastTime.toString(16).padStart(12, '0');
  const tail = randomTail();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** The last 64 bits: two of the variant, the others random. */
function randomTail(): string {
  if (used === pool.length) {
    pool = randomBytes((POOL_IDS * TAIL) / 2).toString('hex');
    used = 0;
  }
  const digits = pool.slice(used, (used += TAIL));
  return '89ab'[parseInt(digits[0]!, 16) & 3]! + digits.slice(1);
}
