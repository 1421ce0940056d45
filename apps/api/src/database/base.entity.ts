import { p } from '@mikro-orm/core';
import { v7 } from './uuid.ts';

/** What every editable row has. `version` counts its edits: it is the row's ETag. */
export const versioned = {
  version: p.integer().version(),
  createdAt: p.datetime(3).onCreate(() => new Date()),
  updatedAt: p
    .datetime(3)
    .onCreate(() => new Date())
    .onUpdate(() => new Date()),
};

/** A stable key that an operator chose. Compared byte by byte on both databases. */
export const key = () => p.string().length(400);

/** An opaque id that grows with time, so that indexes stay dense. */
export const uuid = () =>
  p
    .string()
    .length(36)
    .primary()
    .onCreate(() => v7());
