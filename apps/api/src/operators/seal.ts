import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../database/database.module.ts';
import type { ApiSettings } from '../settings.ts';

/** How a text is sealed; another way gets another number, and this one is read for as long as there are texts of it. */
const VERSION = 1;
const CIPHER = 'aes-256-gcm';
const [ID_BYTES, NONCE_BYTES, TAG_BYTES] = [4, 12, 16];

interface Key {
  secret: Buffer;
  id: string;
}

/**
 * Seals what must be read again, so that the database alone gives nothing away. The key stands apart from it. A sealed text names its version and
 * its key, so that the key can be replaced: the one before still opens what it sealed.
 */
@Injectable()
export class Seal {
  #known: readonly [Key, ...Key[]] | undefined;

  constructor(@Inject(SETTINGS) private readonly settings: ApiSettings) {}

  /** @param owner whose text it is: it opens for nobody else */
  close(text: string, owner: string): string {
    const [{ secret, id }] = this.#keys;
    const head = Buffer.concat([Buffer.from([VERSION]), Buffer.from(id, 'hex')]);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, secret, nonce).setAAD(Buffer.concat([head, Buffer.from(owner)]));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([head, nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error where the key is another one, or the seal is broken */
  open(sealed: string, owner: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const key = this.#keys.find(({ id }) => id === keyOf(sealed));
    if (bytes[0] !== VERSION || !key) throw new Error('this was sealed with another key; see LICET_SECRET and LICET_SECRET_PREVIOUS');
    const [head, rest] = [bytes.subarray(0, 1 + ID_BYTES), bytes.subarray(1 + ID_BYTES)];
    const [nonce, tag] = [rest.subarray(0, NONCE_BYTES), rest.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)];
    const decipher = createDecipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.concat([head, Buffer.from(owner)])).setAuthTag(tag);
    return Buffer.concat([decipher.update(rest.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  /** Whether a text was sealed with the key before. */
  isOld(sealed: string): boolean {
    return this.#keys.slice(1).some(({ id }) => id === keyOf(sealed));
  }

  /** A key of 32 bytes for something else, the same in every process that has the secret (HKDF, RFC 5869). */
  keyFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#keys[0].secret, '', purpose, 32));
  }

  get #keys(): readonly [Key, ...Key[]] {
    const { secret, secretPrevious, dataDir } = this.settings;
    return (this.#known ??= [keyFrom(secret ?? secretIn(dataDir)), ...(secretPrevious === undefined ? [] : [keyFrom(secretPrevious)])]);
  }
}

/** What a key is called in what it sealed, and in the audit trail: nothing of the key follows from it. */
export const keyOf = (sealed: string): string =>
  Buffer.from(sealed, 'base64url')
    .subarray(1, 1 + ID_BYTES)
    .toString('hex');

function keyFrom(text: string): Key {
  const secret = createHash('sha256').update(text).digest();
  return { secret, id: createHmac('sha256', secret).update('licet: the name of this key').digest().subarray(0, ID_BYTES).toString('hex') };
}

/** The secret of this installation, made on the first start; only the account that Licet runs under may read it. */
function secretIn(dataDir: string): string {
  const file = join(dataDir, 'secret');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new Error(`no secret can be kept in ${dataDir} (${code}): set LICET_SECRET, or let Licet write to that folder`);
  }
  return readFileSync(file, 'utf8');
}
