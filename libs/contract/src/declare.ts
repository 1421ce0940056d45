import { z } from 'zod';
import { Key, PermissionId } from './ids.ts';

const MANY = 1000;

const DeclaredPermission = PermissionId.refine((id) => id.split(':').every((part) => Key.safeParse(part).success), {
  message: 'use a resource type and an action of at most 128 characters each, such as `task:read`',
});
/**
 * `POST /api/v1/resource-types/declare`: registers what an application asks about, up to 1,000 permissions in one change; needs
 * `licet.resource-type:declare`. Resource types and actions that are not there are added; nothing is changed, removed or granted.
 */
export const DeclareRequest = z
  .object({
    permissions: z.array(DeclaredPermission).min(1).max(MANY),
    dryRun: z.boolean().default(false), // say what would be added, add nothing
  })
  .meta({ id: 'DeclareRequest' });
export type DeclareRequest = z.infer<typeof DeclareRequest>;
/** `created`: what was not there. `undeclared`: what the same resource types have besides what was declared. Both in ascending order. */
export const DeclareResponse = z
  .object({ revision: z.int(), created: z.array(PermissionId), undeclared: z.array(PermissionId) })
  .meta({ id: 'DeclareResponse' });
export type DeclareResponse = z.infer<typeof DeclareResponse>;
