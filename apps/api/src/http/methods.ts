import { LicetError } from '@licet/contract';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

/**
 * Which methods each address takes, for whoever comes with another one (RFC 9110, section 15.5.6). It depends on the address alone, never on
 * what there is, and says no more than the OpenAPI document, which is open to all.
 */
@Injectable()
export class Methods {
  readonly #routes: { parts: string[]; methods: string[] }[] = [];

  readonly onRoute = ({ url, method }: RouteOptions): void => {
    // Behind the `*` are the files of the console, and only they know which addresses are theirs.
    if (!url.includes('*')) this.#routes.push({ parts: url.split('/'), methods: [method].flat() });
  };

  /** What to answer where no route takes a request; `Allow` is set where another method would do. */
  refusalOf({ url, method }: FastifyRequest, reply: FastifyReply): LicetError {
    const allow = this.#at(url);
    if (allow.length === 0 || allow.includes(method)) return new LicetError('not_found', 'there is nothing at this address');
    void reply.header('allow', allow.join(', '));
    return new LicetError('method_not_allowed', `use ${allow.join(', ')} here, not ${method}`);
  }

  #at(url: string): string[] {
    const parts = url.split(/[?#]/, 1)[0]!.split('/');
    const fits = (of: string[]) => of.length === parts.length && of.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]));
    return [...new Set(this.#routes.flatMap((route) => (fits(route.parts) ? route.methods : [])))].sort();
  }
}
