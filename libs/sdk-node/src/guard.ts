import { Unauthenticated } from './errors.ts';
import type { Licet } from './licet.ts';
import type { ResourceInput, SubjectInput } from './question.ts';
import type { Answer } from './remote.ts';
import type { Mode } from './settings.ts';

type Awaitable<T> = T | Promise<T>;

/** How a guard finds out what to ask, from the request of the web framework. */
export interface GuardOptions<Request> {
  /** Who is signed in; null or undefined: nobody, which is refused with 401. */
  subject: (request: Request) => Awaitable<SubjectInput | null | undefined>;
  /** What it is done to. Left out: no particular one, as for `task:create`. */
  resource?: (request: Request) => Awaitable<ResourceInput | undefined>;
  /** Facts for conditions, such as the address of the caller. */
  context?: (request: Request) => Awaitable<object | undefined>;
  /** The tenant that the request is about. */
  tenant?: (request: Request) => Awaitable<string | undefined>;
  /** The revision that the answer must know, for instance of the caller's last write; before that it is refused with 503. */
  atLeast?: (request: Request) => Awaitable<number | undefined>;
}

/**
 * Asks what a guard has to ask.
 * @throws Unauthenticated where nobody is signed in, Forbidden where the permission is not given, and whatever the options throw
 */
export async function demand<Request>(
  licet: Licet<Mode>,
  permission: string,
  options: GuardOptions<Request>,
  request: Request,
): Promise<Answer> {
  const subject = await options.subject(request);
  if (subject === null || subject === undefined) throw new Unauthenticated(`\`${permission}\` was asked for, and nobody is signed in`);
  const resource = await options.resource?.(request);
  const [context, tenant] = [await options.context?.(request), await options.tenant?.(request)];
  return licet.require(subject, permission, resource, { context, tenant, atLeast: await options.atLeast?.(request) });
}
