import { LicetError } from '@licet/contract';
import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { demandStorable, unstorable } from './input.ts';

/**
 * What stands in an address, checked once for all routes and after the guard: an id that no row can have names nothing, and a query says
 * what is wrong with it. No database ever sees either.
 */
@Injectable()
export class AddressPipe implements PipeTransform {
  transform(value: unknown, { type, data = '' }: ArgumentMetadata): unknown {
    if (type === 'param' && unstorable(value)) throw new LicetError('not_found', 'there is nothing with such an id');
    if (type === 'query') demandStorable(value, data);
    return value;
  }
}
