import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Thread } from './thread.ts';

describe('a thread that answers', () => {
  let thread: Thread<number | 'stop', number>;
  beforeEach(() => {
    thread = new Thread(join(import.meta.dirname, '../../test/doubling-thread'), undefined);
  });
  afterEach(() => thread.close());

  it('gives each who asked the own answer', async () => {
    expect(await Promise.all([1, 2, 3].map((question) => thread.ask(question)))).toEqual([2, 4, 6]);
  });

  it('tells of an error with its message and its code, and goes on', async () => {
    await expect(thread.ask(-1)).rejects.toMatchObject({ message: '-1 is below zero', code: 'BELOW_ZERO' });
    expect(await thread.ask(1)).toBe(2);
  });

  it('fails all who wait when it is lost, and is there again for the next', async () => {
    const waiting = [thread.ask('stop'), thread.ask(1)];
    for (const answer of await Promise.allSettled(waiting)) expect(answer.status).toBe('rejected');
    expect(await thread.ask(2)).toBe(4);
  });

  it('keeps the process from ending while something is asked or being closed, and at no other time', async () => {
    const program = join(import.meta.dirname, '../../test/asking-thread.ts');
    for (const end of ['close', 'leave']) {
      const { stdout } = await promisify(execFile)(process.execPath, [program, end]);
      expect([end, stdout]).toEqual([end, '4\n']);
    }
  });

  it('answers what was asked before it is closed', async () => {
    const asked = thread.ask(5);
    await thread.close();
    expect(await asked).toBe(10);
  });
});
