import { POLICY_KINDS, type EvaluationRequest, type PolicyKind, type PolicyRow, type SnapshotDocument } from '@licet/contract';
import { createSnapshot, decide } from '@licet/engine';
import { reference } from './reference.ts';
import { same } from './same.ts';

/**
 * Takes rows out of a policy for as long as the engine and the reference differ on the question.
 * @returns the few rows that are left, for people to read; undefined where the two agree on the policy when it is compiled anew
 */
export function shrink(document: SnapshotDocument, request: EvaluationRequest, now: number): SnapshotDocument | undefined {
  const differs = (candidate: SnapshotDocument) =>
    !same(decide(createSnapshot(candidate), request, now), reference(candidate)(request, now));
  if (!differs(document)) return undefined;
  let least = document;
  for (const kind of POLICY_KINDS) {
    const rows = (): PolicyRow[] => (least.rows as Record<PolicyKind, PolicyRow[]>)[kind];
    for (let size = rows().length; size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < rows().length;) {
        const candidate = { ...least, rows: { ...least.rows, [kind]: rows().toSpliced(from, size) } };
        if (differs(candidate)) least = candidate;
        else from += size;
      }
    }
  }
  return least;
}
