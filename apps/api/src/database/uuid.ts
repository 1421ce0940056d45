import { randomFillSync } from 'node:crypto';

// The system is asked for chance once for many ids: one id a decision is made here.
const RANDOM_BYTES = 8;
const pool = Buffer.alloc(512 * RANDOM_BYTES);
let used = pool.length;

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

/** 62 random bits behind the two of the variant, in hexadecimal. */
function randomTail(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool[used] = (pool[used]! & 0x3f) | 0x80;
  used += RANDOM_BYTES;
  return pool.toString('hex', used - RANDOM_BYTES, used);
}
