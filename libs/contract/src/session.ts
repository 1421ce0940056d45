import { z } from 'zod';
import { RESERVED_PERMISSIONS, type ReservedPermission } from './access.ts';
import { Key, UserKey } from './ids.ts';

/** `GET /api/v1/status`, open to all: what a console needs before anyone is signed in. */
export const ServiceStatus = z
  .object({ product: z.literal('licet'), version: z.string(), setupRequired: z.boolean() })
  .meta({ id: 'ServiceStatus' });
export type ServiceStatus = z.infer<typeof ServiceStatus>;

const Username = Key.max(64);
const Password = z.string().min(12, 'use at least 12 characters').max(256);
/** `POST /api/v1/setup`: makes the first operator. The token comes from the link that the server printed, and works once. */
export const SetupRequest = z
  .object({ token: z.string().min(1), username: Username, password: Password, loadExample: z.boolean().default(false) })
  .meta({ id: 'SetupRequest' });
export type SetupRequest = z.infer<typeof SetupRequest>;

/** `POST /api/v1/session`: signs in. Both setup and sign-in set the session cookie and answer with a Session. */
export const SignInRequest = z
  .object({ username: z.string().min(1).max(256), password: z.string().min(1).max(256) })
  .meta({ id: 'SignInRequest' });
export type SignInRequest = z.infer<typeof SignInRequest>;

/** `GET /api/v1/session`: who is signed in, and what this operator may do in the console. `DELETE` signs out. */
export const Session = z
  .object({
    user: z.object({ id: UserKey, name: z.string().nullable() }),
    permissions: z.array(z.enum(RESERVED_PERMISSIONS as [ReservedPermission, ...ReservedPermission[]])),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
