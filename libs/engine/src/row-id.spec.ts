import { describe, expect, it } from '@jest/globals';
import { hashId, ID_WORDS, isUuid, readId, writeId } from './row-id.ts';
import { Values } from './values.ts';

const UUID = '0197f3a0-5c1b-7000-8123-0123456789ab';

function written(id: string, text?: number) {
  const values = new Values();
  values.add('another');
  // The place was taken before: what stands there must not shine through.
  const words = new Int32Array(ID_WORDS + 2).fill(-1);
  writeId(words, 1, id, values, text);
  return { words, values, kept: isUuid(words, 1) ? 'as a UUID' : 'as a text' };
}

describe('the id of a row', () => {
  it.each([UUID, 'f'.repeat(8) + '-ffff-ffff-bfff-' + 'f'.repeat(12), '00000000-0000-0000-8000-000000000000'])(
    'that is the UUID %s takes four words and no value',
    (id) => {
      const { words, values, kept } = written(id);
      expect([kept, readId(words, 1, values), values.size]).toEqual(['as a UUID', id, 1]);
      expect([words[0], words[5]]).toEqual([-1, -1]);
    },
  );

  it.each([
    ['nothing', ''],
    ['a name', 'a-1'],
    ['a UUID with capitals', UUID.toUpperCase()],
    ['a UUID with one capital', UUID.replace('f', 'F')],
    ['a UUID of another variant', UUID.replace('-8', '-0')],
    ['a UUID of another variant', UUID.replace('-8', '-c')],
    ['a UUID and more', `${UUID}0`],
    ['a UUID but for the last digit', UUID.slice(0, -1)],
    ...[8, 13, 18, 23].map((at) => [`a UUID with a digit for the dash at ${at}`, `${UUID.slice(0, at)}8${UUID.slice(at + 1)}`]),
    ...['g', '/', ':', '\u007f', '\u0080', '\u00e9', '\u0430'].map((digit) => [
      `a UUID with ${digit} for a digit`,
      `${UUID.slice(0, -1)}${digit}`,
    ]),
  ])('that is %s is kept to the letter: %j', (_, id) => {
    const { words, values, kept } = written(id);
    expect([kept, readId(words, 1, values)]).toEqual(['as a text', id]);
  });

  it('is not added to the values where its number is known', () => {
    const { words, values } = written('another', 0);
    expect([readId(words, 1, values), values.size]).toEqual(['another', 1]);
  });

  it('has a hash in which each word of a UUID counts', () => {
    const hash = (id: string) => hashId(written(id).words, 1);
    const others = [1, 10, 20, 35].map((at) => UUID.slice(0, at) + (UUID[at] === 'a' ? 'b' : 'a') + UUID.slice(at + 1));
    expect(new Set([UUID, ...others].map(hash)).size).toBe(5);
    expect(hash('a-1')).not.toBe(hash('a-2'));
  });
});
