import { POLICY_KINDS, type DeltaOp, type PolicyKind, type PolicyRow, type SnapshotDocument } from '@licet/contract';
import { applyDelta, createSnapshot, type Snapshot } from '@licet/engine';
import type { Random } from './random.ts';

type AllRows = Record<PolicyKind, PolicyRow[]>;

/** What turns the rows of one document into those of the other. */
export function opsBetween(from: SnapshotDocument, to: SnapshotDocument): DeltaOp[] {
  return POLICY_KINDS.flatMap((kind) => {
    const before = new Map((from.rows as AllRows)[kind].map((row) => [row.id, row]));
    const after = new Map((to.rows as AllRows)[kind].map((row) => [row.id, row]));
    const set = [...after.values()].filter((row) => before.get(row.id) !== row).map((row): DeltaOp => ({ kind, id: row.id, row }));
    const gone = [...before.keys()].filter((id) => !after.has(id)).map((id): DeltaOp => ({ kind, id, row: null }));
    return [...set, ...gone];
  });
}

/**
 * A policy that others were before: compiled from another document of the same names, and brought to this one by a few deltas.
 * @returns the snapshot of `document`, its revision included
 */
export function editedInto(document: SnapshotDocument, other: SnapshotDocument, random: Random): Snapshot {
  const kept = Object.fromEntries(
    POLICY_KINDS.map((kind) => {
      const mine = new Map((document.rows as AllRows)[kind].map((row) => [row.id, row]));
      return [kind, (other.rows as AllRows)[kind].map((row) => (random.once(2) ? (mine.get(row.id) ?? row) : row))];
    }),
  );
  const steps = random.between(1, 4);
  const base = { ...document, revision: document.revision - steps, rows: kept as unknown as SnapshotDocument['rows'] };
  const ops = random.shuffled(opsBetween(base, document));
  let snapshot = createSnapshot(base);
  for (let step = 0; step < steps; step++) {
    const part = ops.filter((_, i) => i % steps === step);
    snapshot = applyDelta(snapshot, { revision: snapshot.revision + 1, ops: part });
  }
  return snapshot;
}
