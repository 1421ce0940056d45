/**
 * A million users, in a process of its own: `build` makes the snapshot from rows, measures it, and writes its binary form where the engine
 * has one; `load` reads that in a fresh process. It reads its job as JSON from its first argument and prints what it measured as JSON.
 * Run it with --expose-gc and a heap that is large enough.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { DeltaOp } from '@licet/contract';
import * as engine from '@licet/engine';
import { applyDelta, createSnapshot, decide, type Snapshot } from '@licet/engine';
import { median, random } from './measure.ts';
import { heldBytes, time, verify } from './timing.ts';
import { makeWorkload, permissionNamed, type Question, type Size, type Workload } from './workload.ts';

export interface MillionJob {
  phase: 'build' | 'load';
  size: Size;
  questions: number;
  edits: number;
  seconds: number;
  /** Where the binary form and the questions are kept between the phases. */
  folder: string;
}

export interface MillionResult {
  loadMs: number;
  memoryBytes: number;
  nanoseconds: number;
  assignmentMicroseconds: number;
  leafRoleMicroseconds: number;
  /** The size of the binary form; null where the engine has none. */
  binaryBytes: number | null;
}

interface BinaryForm {
  toBinary(snapshot: Snapshot): Uint8Array;
  fromBinary(bytes: Uint8Array): Snapshot;
}
/** A snapshot that can be let go of. */
interface Holder {
  snapshot: Snapshot | undefined;
}
const binary: Partial<BinaryForm> = engine as object;
const VERIFIED = 5_000;

async function run(job: MillionJob): Promise<MillionResult> {
  return job.phase === 'build' ? build(job) : load(job);
}

async function build(job: MillionJob): Promise<MillionResult> {
  let workload: Workload | undefined = makeWorkload(job.size, false, job.questions);
  // By way of JSON, so that the questions share no strings with the snapshot.
  const text = JSON.stringify(workload.questions);
  const began = performance.now();
  const holder: Holder = { snapshot: createSnapshot(workload.document) };
  const loadMs = performance.now() - began;
  workload = undefined;
  writeFileSync(`${job.folder}/questions.json`, text);
  const binaryBytes = save(holder.snapshot!, `${job.folder}/snapshot.bin`);
  return { ...(await measure(holder, JSON.parse(text) as Question[], job)), loadMs, binaryBytes };
}

function save(snapshot: Snapshot, file: string): number | null {
  const bytes = binary.toBinary?.(snapshot);
  if (bytes === undefined) return null;
  writeFileSync(file, bytes);
  return bytes.length;
}

async function load(job: MillionJob): Promise<MillionResult> {
  if (binary.fromBinary === undefined) throw new Error('this engine has no binary form of a snapshot');
  const questions = JSON.parse(readFileSync(`${job.folder}/questions.json`, 'utf8')) as Question[];
  let bytes: Buffer | undefined = readFileSync(`${job.folder}/snapshot.bin`);
  const binaryBytes = bytes.length;
  const began = performance.now();
  const holder: Holder = { snapshot: binary.fromBinary(bytes) };
  const loadMs = performance.now() - began;
  bytes = undefined; // the snapshot may be these bytes: they count as its memory
  return { ...(await measure(holder, questions, job)), loadMs, binaryBytes };
}

/** @param holder what alone keeps the snapshot: when it lets go, what the snapshot took is free */
async function measure(
  holder: Holder,
  questions: readonly Question[],
  job: MillionJob,
): Promise<Omit<MillionResult, 'loadMs' | 'binaryBytes'>> {
  const now = Date.now();
  const check = ({ request }: Question) => decide(holder.snapshot!, request, now).decision;
  await verify(check, questions.slice(0, VERIFIED));
  const nanoseconds = await time(check, questions, job.seconds);
  const held = heldBytes();
  const [assignmentMicroseconds, leafRoleMicroseconds] = [edits(holder, job, assignmentOp), edits(holder, job, leafRoleOp)];
  holder.snapshot = undefined;
  return { nanoseconds, assignmentMicroseconds, leafRoleMicroseconds, memoryBytes: held - heldBytes() };
}

type MakeOp = (number: number, pick: (below: number) => number, size: Size) => DeltaOp;

const assignmentOp: MakeOp = (number, pick, { users, roles }) => {
  const id = `new-assignment-${number}`;
  const always = { tenant: 'default', resource: null, startsAt: null, expiresAt: null };
  return { kind: 'assignments', id, row: { id, user: `user${pick(users)}`, group: null, role: `role${pick(roles)}`, ...always } };
};

/** Nobody inherits from the first third of the roles. */
const leafRoleOp: MakeOp = (number, pick, { roles, types, actions }) => {
  const id = `new-grant-${number}`;
  const permission = permissionNamed(pick(types), pick(actions));
  return { kind: 'grants', id, row: { id, role: `role${pick(Math.floor(roles / 3))}`, permission, effect: 'allow', condition: null } };
};

/** Applies so many changes, one after the other, after as many that are not measured: as of checks, what is not compiled yet says little. */
function edits(holder: Holder, job: MillionJob, makeOp: MakeOp): number {
  applyEach(holder, job, makeOp, 0);
  return applyEach(holder, job, makeOp, job.edits);
}

/** @param first the number of the first change, by which it differs from all others. @returns µs a change, the median */
function applyEach(holder: Holder, { size, edits: count }: MillionJob, makeOp: MakeOp, first: number): number {
  const chance = random(11 + first);
  const pick = (below: number) => Math.floor(chance() * below);
  const took: number[] = [];
  let held = holder.snapshot!;
  for (let number = first; number < first + count; number += 1) {
    const delta = { revision: held.revision + 1, ops: [makeOp(number, pick, size)] };
    const began = process.hrtime.bigint();
    held = applyDelta(held, delta);
    took.push(Number(process.hrtime.bigint() - began) / 1000);
  }
  return median(took);
}

process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as MillionJob))}\n`);
