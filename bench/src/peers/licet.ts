import { createSnapshot, decide } from '@licet/engine';
import { Licet } from '@licet/sdk-node';
import { MemoryControlPlane } from '@licet/sdk-node/testing';
import { bareLayout } from '../bare-layout.ts';
import type { Load } from './peer.ts';

/** A boolean from flat arrays and nothing else: what the others are held against. */
export const bare: Load = (workload, condition) => bareLayout(workload, condition);

export const engine: Load = ({ document }) => {
  const snapshot = createSnapshot(document);
  const now = Date.now();
  return ({ request }) => decide(snapshot, request, now).decision;
};

/** As an application calls it, without the decision log. */
export const sdk: Load = async ({ document }) => {
  const licet = new Licet({ fetcher: new MemoryControlPlane(document.rows).fetcher });
  await licet.ready();
  return ({ request: { subject, resource }, permission }) => licet.check(subject.id, permission, resource, { log: false }).decision;
};
