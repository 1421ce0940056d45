import { ConfigError, Forbidden, messageOf, NotFound, Unauthenticated } from './errors.ts';
import type { Licet } from './licet.ts';
import { demandPermission, type ResourceInput, type SubjectInput } from './question.ts';
import type { Answer } from './remote.ts';
import type { Mode } from './settings.ts';

type Awaitable<T> = T | Promise<T>;

/** How a guard finds out what to ask, from the request of the web framework. */
export interface GuardOptions<Request> {
  /** Who is signed in; null or undefined: nobody, which is refused with 401. */
  subject: (request: Request) => Awaitable<SubjectInput | null | undefined>;
  /**
   * What it is done to; null, undefined or anything else that is falsy: there is no such thing, which is answered with 404. The option left
   * out: no particular one, as for `task:create`.
   */
  resource?: ((request: Request) => Awaitable<ResourceInput | null | undefined>) | undefined;
  /** Whether a refusal is answered with 404, as if there were no such thing: where it is a secret that there is. */
  hide?: boolean | undefined;
  /** Facts for conditions, such as the address of the caller. */
  context?: ((request: Request) => Awaitable<object | undefined>) | undefined;
  /** The tenant that the request is about. */
  tenant?: ((request: Request) => Awaitable<string | undefined>) | undefined;
  /** The revision that the answer must know, for instance of the caller's last write; before that it is refused with 503. */
  atLeast?: ((request: Request) => Awaitable<number | undefined>) | undefined;
}

/**
 * Looks at what a guard is made of, before there is a request.
 * @throws ConfigError saying what is missing or wrong
 */
export function demandSubject(options: { subject: unknown }): void {
  if (typeof options?.subject === 'function') return;
  throw new ConfigError('the option `subject` must be a function that gives who is signed in');
}

/** As {@link demandSubject}, about the permission. */
export function demandAskable(permission: string): void {
  try {
    demandPermission(permission);
  } catch (error) {
    throw new ConfigError(`a guard cannot ask for \`${messageOf(permission)}\`: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Asks what a guard has to ask.
 * @throws Unauthenticated where nobody is signed in, NotFound where there is no such thing or nobody may know, Forbidden where the
 * permission is not given, and whatever the options throw
 */
export async function demand<Request>(
  licet: Licet<Mode>,
  permission: string,
  options: GuardOptions<Request>,
  request: Request,
): Promise<Answer> {
  const subject = await options.subject(request);
  if (subject === null || subject === undefined) throw new Unauthenticated(`\`${permission}\` was asked for, and nobody is signed in`);
  const resource = options.resource && ((await options.resource(request)) || null);
  if (resource === null && !options.hide) throw nothing(permission);
  const [context, tenant] = [await options.context?.(request), await options.tenant?.(request)];
  const asked = { context, tenant, atLeast: await options.atLeast?.(request) };
  // With `hide`, what is not there is asked about too: it answers as what is refused, also where Licet cannot tell.
  const answer = await licet.check(subject, permission, resource ?? undefined, asked);
  if (answer.decision && resource !== null) return answer;
  const refused = new Forbidden(permission, answer);
  throw options.hide && refused.status === 403 ? nothing(permission, refused) : refused;
}

function nothing(permission: string, cause?: Error): NotFound {
  return new NotFound(`there is nothing that \`${permission}\` could be asked about`, cause && { cause });
}
