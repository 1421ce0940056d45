import type { ReservedPermission } from '@licet/contract';
import { SetMetadata } from '@nestjs/common';

export const NEEDS = 'licet:needs';

/** What a route asks of its caller: a console permission, `signed-in` for any operator or key, or `nothing`. */
export type Need = ReservedPermission | 'signed-in' | 'nothing';

export const CONFINES = 'licet:confines';

/** Declares who may call a route. A route without it keeps the api from starting. */
export const Needs = (need: Need | `${string}:${'read' | 'create' | 'update' | 'delete'}`) => SetMetadata(NEEDS, need);

/**
 * Declares that a route keeps whoever holds the permission in some tenants only to what is of these tenants, by `reachOf(request)`.
 * Without it, a route is closed to them.
 */
export const Confines = (confines = true) => SetMetadata(CONFINES, confines);
