/**
 * Hostile bytes for the loader of binary snapshots: cut off, lengthened, with bits and whole words changed, most of them under a checksum that
 * fits again, so that what lies behind the checksum is met as well. Whatever comes: an Error that says what to do, or a snapshot that answers
 * every question with an answer of the closed kind; no built-in object changed; nothing that takes 10 ms.
 */
import { DecisionReason, type EvaluationRequest } from '@licet/contract';
import { createSnapshot, decide, fromBinary, toBinary, type Snapshot } from '@licet/engine';
import { builtIns, cost } from './harmless.ts';
import { NOW, randomDocument, randomNames } from './model.ts';
import { Questions } from './question.ts';
import { Random } from './random.ts';
import { addDifference, countOne, emptyTally, WHOLE, type Share, type Tally } from './tally.ts';

const MODELS = 40;
const QUESTIONS = 4;
const EACH_LOOK_AT_BUILT_INS = 1_000;
const REASONS = new Set<string>(DecisionReason.options);
/** As the engine's `checksum.ts` describes them: four sums from word 4 on, over everything from word 8 on. */
const [SUM_AT, SUMMED_FROM] = [4, 8];

interface Model {
  bytes: Uint8Array;
  questions: EvaluationRequest[];
}

/** Reads so many hostile binary snapshots. @returns what was counted; a difference is an input that was not answered as it should be */
export async function fuzzSnapshots(count: number, seed: number, share: Share = WHOLE, longestMs = 10): Promise<Tally> {
  const random = new Random(seed, share.of);
  const models = Array.from({ length: MODELS }, () => modelOf(random));
  const tally = emptyTally();
  const untouched = builtIns();
  for (let i = share.of; i < count; i += share.outOf) {
    tally.count++;
    const { bytes, questions } = random.pick(models);
    const hostile = changed(random, bytes);
    const begun = performance.now();
    read(hostile, questions, tally, i);
    const slow = performance.now() - begun > longestMs && (await cost(() => read(hostile, questions, emptyTally(), i))) > longestMs;
    if (slow) addDifference(tally, { input: i, bytes: hostile.length, fault: 'too slow' });
    if (i % EACH_LOOK_AT_BUILT_INS === share.of && builtIns() !== untouched) throw new Error(`a built-in object has changed by input ${i}`);
  }
  if (builtIns() !== untouched) throw new Error('a built-in object has changed');
  return tally;
}

function modelOf(random: Random): Model {
  const names = randomNames(random, 'small');
  const document = randomDocument(random, 'small', names, 9);
  const from = new Questions(random, document, names);
  return {
    bytes: toBinary(createSnapshot(document)),
    questions: Array.from({ length: QUESTIONS }, () => from.valid().request),
  };
}

function read(bytes: Uint8Array, questions: readonly EvaluationRequest[], tally: Tally, input: number): void {
  let snapshot: Snapshot;
  try {
    snapshot = fromBinary(bytes);
  } catch (error) {
    const said = error instanceof Error && error.constructor === Error && /binary snapshot/.test(error.message);
    if (said) countOne(tally, `refused: ${error.message.replaceAll(/\d+/g, 'N')}`);
    else addDifference(tally, { input, threw: String(error) });
    return;
  }
  countOne(tally, 'taken');
  try {
    for (const question of questions) {
      const { decision, reason } = decide(snapshot, question, NOW);
      if (typeof decision !== 'boolean' || !REASONS.has(reason)) addDifference(tally, { input, answered: reason });
    }
  } catch (error) {
    addDifference(tally, { input, threw: String(error) });
  }
}

function changed(random: Random, bytes: Uint8Array): Uint8Array {
  if (random.once(20)) return Uint8Array.from({ length: random.below(400) }, () => random.below(256));
  const copy = lengthened(random, bytes);
  const words = new Int32Array(copy.buffer, 0, copy.length >>> 2);
  for (let times = 1 + random.below(4); times > 0; times--) {
    if (random.once(2)) copy[random.below(copy.length)]! ^= 1 << random.below(8);
    else words[random.below(words.length)] = random.pick([0, 1, -1, 2 ** 31 - 1, -(2 ** 31), random.below(64), random.below(2 ** 31)]);
  }
  if (!random.once(4)) seal(copy, words, bytes);
  return copy;
}

function lengthened(random: Random, bytes: Uint8Array): Uint8Array {
  if (!random.once(6)) return bytes.slice();
  const copy = new Uint8Array(random.once(2) ? 4 * random.below(bytes.length >>> 2) + 4 : bytes.length + 8 * random.below(9));
  copy.set(bytes.subarray(0, copy.length));
  return copy;
}

/** Makes mark, version, length and checksum fit again: mark and version are those of a snapshot that is `whole`. */
function seal(bytes: Uint8Array, words: Int32Array, whole: Uint8Array): void {
  if (words.length <= SUMMED_FROM) return;
  words.set([...new Int32Array(whole.buffer, whole.byteOffset, 2), bytes.length, 0]);
  const sums = [1, 2, 3, 4];
  const rest = (words.length - SUMMED_FROM) % 4;
  for (let i = SUMMED_FROM; i < words.length; i++) {
    // What is left over behind the last four words goes into the first sum.
    const sum = i >= words.length - rest ? 0 : (i - SUMMED_FROM) % 4;
    const before = sums[sum]!;
    sums[sum] = Math.imul(((before << 15) | (before >>> 17)) ^ words[i]!, 0x9e3779b1);
  }
  words.set(sums, SUM_AT);
}
