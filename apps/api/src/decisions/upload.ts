import { DecisionRecord, DecisionUpload, type ErrorItem, errorItems, faultWords, isReserved, LicetError } from '@licet/contract';
import { z } from 'zod';
import { storableJson } from '../database/storable.ts';
import { parse } from '../http/input.ts';
import { OWN_SOURCE } from './decision-row.ts';

const Envelope = DecisionUpload.extend({ decisions: z.array(z.unknown()).max(1000) });
// PostgreSQL takes no larger integer, and would refuse the whole insert for it.
const Entry = DecisionRecord.extend({ revision: DecisionRecord.shape.revision.max(2_147_483_647) });

interface ReadUpload {
  name: string;
  decisions: DecisionRecord[];
  /** The first fault of each entry that is not valid. */
  refused: ErrorItem[];
}

/**
 * Reads an upload entry by entry, so that none is lost for a fault of its neighbour.
 * @throws LicetError `invalid_request` where there are entries and none is valid, or the name is Licet's
 */
export function readUpload(body: unknown): ReadUpload {
  const { name, decisions: entries } = parse(Envelope, storableJson(body));
  demandOwnName(name);
  const decisions: DecisionRecord[] = [];
  const refused: ErrorItem[] = [];
  for (const [index, entry] of entries.entries()) {
    const { success, data, error } = Entry.safeParse(entry, { error: faultWords });
    if (success) decisions.push(data);
    else refused.push(errorItems(error, `decisions[${index}]`)[0]!);
  }
  const fault = refused[0];
  if (fault && decisions.length === 0) throw new LicetError('invalid_request', `${fault.path}: ${fault.message}`, { errors: refused });
  return { name, decisions, refused };
}

/** What an application says must not look like what the api decided itself. */
function demandOwnName(name: string): void {
  const plain = name.normalize('NFKC').trim().toLowerCase();
  if (plain !== OWN_SOURCE && !isReserved(plain)) return;
  const message = `\`${name}\` is a name of Licet itself; give the application another one, for instance by LICET_NAME`;
  throw new LicetError('invalid_request', `name: ${message}`, { errors: [{ path: 'name', message }] });
}
