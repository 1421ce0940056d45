import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { TestApi } from './api.ts';

const FLAGS = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 };

interface Options {
  challenge: string;
  rpId?: string;
  rp?: { id: string };
  user?: { id: string };
}

/** What an authenticator, or whoever would be taken for one, does otherwise than it should. */
export interface Otherwise {
  origin?: string;
  rpID?: string;
  verified?: boolean;
  counter?: number;
  type?: string;
  userHandle?: string | null;
  id?: string;
  key?: KeyObject;
}

/** A passkey in software: a P-256 key pair, and the two ceremonies of WebAuthn Level 3. */
export class Authenticator {
  readonly id = randomBytes(32).toString('base64url');
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  userHandle = 'AAAA'; // until it is made for somebody
  counter = 0;

  get key(): KeyObject {
    return this.#keys.privateKey;
  }

  /** `navigator.credentials.create` (section 5.1.3). */
  make({ challenge, rp, user }: Options, otherwise: Otherwise = {}) {
    this.userHandle = user!.id;
    const { x, y } = this.#keys.publicKey.export({ format: 'jwk' });
    const [id, point] = [Buffer.from(this.id, 'base64url'), [x!, y!].map((each) => Buffer.from(each, 'base64url'))];
    const publicKey = cbor(new Map<number, unknown>([[1, 2], [3, -7], [-1, 1], [-2, point[0]], [-3, point[1]]])); // prettier-ignore
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const authData = Buffer.concat([this.#data(rp!.id, FLAGS.attested, otherwise), Buffer.alloc(16), length, id, publicKey]);
    const attestationObject = cbor(new Map<string, unknown>([['fmt', 'none'], ['attStmt', new Map()], ['authData', authData]])); // prettier-ignore
    const response = {
      clientDataJSON: client('webauthn.create', challenge, otherwise).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    };
    return { ...this.#credential(otherwise), response };
  }

  /** `navigator.credentials.get` (section 5.1.4). */
  sign({ challenge, rpId }: Options, otherwise: Otherwise = {}) {
    const authenticatorData = this.#data(rpId!, 0, otherwise);
    const clientData = client('webauthn.get', challenge, otherwise);
    const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), otherwise.key ?? this.key);
    const response = {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: otherwise.userHandle === undefined ? this.userHandle : otherwise.userHandle,
    };
    return { ...this.#credential(otherwise), response };
  }

  #credential({ id = this.id }: Otherwise) {
    return { id, rawId: id, type: 'public-key', authenticatorAttachment: 'platform', clientExtensionResults: {} };
  }

  /** Authenticator data (section 6.1). */
  #data(rpID: string, more: number, { rpID: other = rpID, verified = true, counter = this.counter }: Otherwise): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const flags = FLAGS.present | (verified ? FLAGS.verified : 0) | FLAGS.backupEligible | FLAGS.backedUp | more;
    return Buffer.concat([sha256(Buffer.from(other)), Buffer.from([flags]), count]);
  }
}

/** A browser: it keeps cookies, and sends them. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #api: TestApi;

  constructor(api: TestApi) {
    this.#api = api;
  }

  async call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers: Record<string, string> = {}) {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await this.#api.call(method, `/api/v1/${path}`, body, { ...headers, cookie });
    const set = answer.headers['set-cookie'] as string | string[] | undefined;
    for (const line of [set ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (/expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return answer;
  }

  signIn(username: string, password: string, more: object = {}) {
    return this.call('POST', 'session', { username, password, ...more });
  }

  /** Adds a passkey to the account that is signed in. */
  async addPasskey(authenticator: Authenticator, name: string, otherwise: Otherwise = {}) {
    const { body } = await this.call('POST', 'session/passkeys/start');
    return this.call('POST', 'session/passkeys', { name, passkey: authenticator.make(body as Options, otherwise) });
  }

  /** The passkey's signature under a new challenge. */
  async signed(authenticator: Authenticator, otherwise: Otherwise = {}) {
    const { body } = await this.call('POST', 'session/passkey/start');
    return authenticator.sign(body as Options, otherwise);
  }

  async signInWith(authenticator: Authenticator, otherwise: Otherwise = {}) {
    return this.call('POST', 'session/passkey', { passkey: await this.signed(authenticator, otherwise) });
  }
}

const client = (type: string, challenge: string, { origin = 'http://localhost:4000', type: other = type }: Otherwise) =>
  Buffer.from(JSON.stringify({ type: other, challenge, origin, crossOrigin: false }));

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

/** As much of CBOR (RFC 8949) as the ceremonies take. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const map = value as Map<unknown, unknown>;
  return Buffer.concat([head(5, map.size), ...[...map].flat().map(cbor)]);
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count]);
  return count < 256 ? Buffer.from([(major << 5) | 24, count]) : Buffer.from([(major << 5) | 25, count >> 8, count & 255]);
}
