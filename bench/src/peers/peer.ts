import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Question, Workload } from '../workload.ts';

/** Answers one question. */
export type Check = (question: Question) => boolean | Promise<boolean>;

/** Loads a policy into a peer. @param condition whether every grant asks that the subject owns the resource */
export type Load = (workload: Workload, condition: boolean) => Check | Promise<Check>;

/** Where `npm run bench:decisions` installs the peers. */
export const PEERS = fileURLToPath(new URL('../../.peers/', import.meta.url));

const requirePeer = createRequire(`${PEERS}package.json`);

/** Loads a package that is no dependency of this workspace. @throws Error where it is not installed */
export async function importPeer<T>(name: string): Promise<T> {
  const loaded = (await import(pathToFileURL(requirePeer.resolve(name)).href)) as T & { default?: T };
  return loaded.default ?? loaded;
}

/** The roles of each user, for peers that take them from the application. */
export function rolesOf({ users }: Workload): Map<string, string[]> {
  return new Map(users.map(({ id, roles }) => [id, [...new Set(roles)].map(roleName)]));
}

export function roleName(number: number): string {
  return `role${number}`;
}

/** A permission in its parts. */
export function parts(permission: string): { type: string; action: string } {
  const [type = '', action = ''] = permission.split(':');
  return { type, action };
}
