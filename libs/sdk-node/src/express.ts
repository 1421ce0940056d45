import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { answerCan, type CanOptions } from './can.ts';
import { asError } from './errors.ts';
import { demand, demandAskable, demandSubject, type GuardOptions } from './guard.ts';
import type { Licet } from './licet.ts';
import { refusalOf } from './refusal.ts';
import type { Mode } from './settings.ts';

export type { CanOptions } from './can.ts';
export type { GuardOptions } from './guard.ts';

/**
 * Express middleware: lets a request through only if its subject has the permission.
 *
 *     app.delete('/tasks/:id', guard(licet, 'task:delete', { subject: signedIn, resource: taskOf }), (request, response) => ...);
 *     app.use(licetErrors());                                                            // after all routes
 *
 * A refusal goes to `next` as Forbidden or Unauthenticated; the decision of a permitted request stands in `response.locals.licet`.
 * @throws ConfigError where the permission is none, or `subject` is missing
 */
export function guard(licet: Licet<Mode>, permission: string, options: GuardOptions<Request>): RequestHandler {
  demandAskable(permission);
  demandSubject(options);
  return async (request, response, next) => {
    try {
      response.locals['licet'] = await demand(licet, permission, options, request);
    } catch (error) {
      return next(asError(error));
    }
    next();
  };
}

/**
 * Express handler: answers `useCan()` of `@licet/sdk-node/react`, about whoever is signed in, with booleans.
 *
 *     app.post('/can', express.json(), canRoute(licet, { subject: signedIn }));
 * @throws ConfigError where `subject` is missing
 */
export function canRoute(licet: Licet<Mode>, options: CanOptions<Request>): RequestHandler {
  demandSubject(options);
  return async (request, response, next) => {
    try {
      const { status, headers, body } = await answerCan(licet, options, request, request.body);
      // A timeout of the application may have answered meanwhile.
      if (!response.headersSent) response.status(status).set(headers).send(body);
    } catch (error) {
      next(asError(error));
    }
  };
}

/** Express error handler: answers the refusals of guards, as a page or as a problem document by Accept. Other errors it passes on. */
export function licetErrors(): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const refusal = refusalOf(error);
    if (refusal === undefined || response.headersSent) return next(error);
    response.status(refusal.status).set(refusal.headers).vary('accept');
    if (request.accepts(['json', 'html']) === 'html') response.type('html').send(refusal.html);
    else response.type('application/problem+json').send(JSON.stringify(refusal.problem));
  };
}
