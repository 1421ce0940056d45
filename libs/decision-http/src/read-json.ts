import { isUtf8 } from 'node:buffer';
import { LicetError } from '@licet/contract';
import type { FastifyInstance } from 'fastify';
import { invalid, WRONG_TYPE } from './answers.ts';

const OTHER_CHARSET = /;\s*charset\s*=(?!\s*"?utf-?8"?\s*(?:;|$))/i;

/**
 * Makes JSON the only content of a scope, and UTF-8 its only encoding (AuthZEN 1.0, sections 10.1 and 11.5). Members named `__proto__` and
 * `constructor` are members like any others, which Fastify's own reader would refuse together with all that stands beside them.
 */
export function readJson(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, parsed) => {
    try {
      if (OTHER_CHARSET.test(request.headers['content-type'] ?? '')) throw new LicetError('invalid_request', WRONG_TYPE);
      if (body.length === 0) throw invalid([{ path: '(body)', message: 'is empty; send a JSON object' }]);
      if (!isUtf8(body)) throw invalid([{ path: '(body)', message: 'must be UTF-8' }]);
      parsed(null, parseJson(body));
    } catch (error) {
      parsed(error as Error);
    }
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw invalid([{ path: '(body)', message: 'is not valid JSON' }]);
  }
}
