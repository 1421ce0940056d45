import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ApiKeyHash } from '@licet/contract';
import { FetchError } from '@licet/sdk-node/decision-point';
import { CallerKeys } from './caller-keys.ts';
import { within } from './control-plane.fixture.ts';

type Answer = { etag: string; keys: ApiKeyHash[] } | undefined;
const SECRET = `lct_${'a'.repeat(12)}_${'0'.repeat(64)}_${'f'.repeat(8)}`;
const KEY: ApiKeyHash = { id: 'k', hash: createHash('sha256').update(SECRET).digest('hex'), user: 'service:tasks', expiresAt: null };
const held = { etag: '"1"', keys: [KEY] };
const revoked = { etag: '"2"', keys: [] };
const SOON_MS = 2_000;

/** Answers that the test gives when it likes, and the ETags that were asked with. */
class Plane {
  readonly asked: (string | undefined)[] = [];
  readonly #open: PromiseWithResolvers<Answer>[] = [];

  apiKeys(etag: string | undefined): Promise<Answer> {
    this.asked.push(etag);
    const answer = Promise.withResolvers<Answer>();
    this.#open.push(answer);
    return answer.promise;
  }

  async next(): Promise<PromiseWithResolvers<Answer>> {
    await within(SOON_MS, () => this.#open.length > 0);
    return this.#open.shift()!;
  }
}

describe('the keys of callers', () => {
  let keys: CallerKeys | undefined;
  afterEach(() => keys?.close());

  async function follow(): Promise<{ plane: Plane; keys: CallerKeys; known: () => boolean }> {
    const plane = new Plane();
    const ring = (keys = new CallerKeys(plane, undefined, () => undefined));
    (await plane.next()).resolve(held);
    await within(SOON_MS, () => ring.held);
    return { plane, keys: ring, known: () => ring.find(`Bearer ${SECRET}`) !== undefined };
  }

  it('are looked at again where the look began before the change was announced', async () => {
    const { plane, keys, known } = await follow();
    keys.refresh();
    const early = await plane.next();
    keys.refresh();
    early.resolve(held);
    (await plane.next()).resolve(revoked);
    await within(SOON_MS, () => !known());
  });

  it('are asked for by the ETag of those that are held, and stay where that is the same', async () => {
    const { plane, keys, known } = await follow();
    keys.refresh();
    (await plane.next()).resolve(undefined);
    await within(SOON_MS, () => keys.ageMs < SOON_MS);
    expect([plane.asked, known()]).toEqual([[undefined, '"1"'], true]);
  });

  it('stay while there is no answer, or only one that Licet did not give', async () => {
    const { plane, keys, known } = await follow();
    for (const error of [new FetchError('cannot reach it'), new FetchError('a proxy says no', { status: 403 })]) {
      keys.refresh();
      (await plane.next()).reject(error);
      await within(SOON_MS, () => keys.ageMs > 0);
      expect(known()).toBe(true);
    }
  });

  it('are forgotten where Licet refuses them, and held again once it gives them', async () => {
    const { plane, keys, known } = await follow();
    keys.refresh();
    (await plane.next()).reject(new FetchError('no', { status: 403, code: 'forbidden' }));
    await within(SOON_MS, () => !keys.held);
    expect(known()).toBe(false);
    keys.refresh();
    (await plane.next()).resolve(held);
    await within(SOON_MS, known);
    expect(plane.asked.at(-1)).toBeUndefined();
  });

  it('are taken from the Authorization header as bearer credentials only, however the scheme is written', async () => {
    const { keys } = await follow();
    const forms = [
      `Bearer ${SECRET}`,
      `bearer ${SECRET}`,
      `Bearer  ${SECRET}`,
      SECRET,
      `Bearer${SECRET}`,
      `Bearer ${SECRET} `,
      `Basic ${SECRET}`,
      '',
      undefined,
    ];
    const found = [true, true, true, false, false, false, false, false, false];
    expect(forms.map((form) => keys.find(form) !== undefined)).toEqual(found);
  });
});
