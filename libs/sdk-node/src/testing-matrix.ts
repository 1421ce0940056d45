/** Sends a request as somebody, and gives the status of the answer; redirects are not followed. */
export type Send = (person: string, method: string, path: string) => Promise<number>;

/** For each request, such as `PUT /items/1`, the status that each person gets. */
export type Matrix = Readonly<Record<string, Readonly<Record<string, number>>>>;

const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404]);

/**
 * Asks every request as everybody, and demands the status that the matrix says; then tries to get round every refusal by other spellings of
 * the address and other methods.
 *
 *     await assertMatrix(send, {
 *       'GET /items': { nobody: 401, sally: 200, walt: 200 },
 *       'PUT /items/1': { nobody: 401, sally: 403, walt: 200 },
 *     });
 *
 * Requests are sent one after another. Let `send` make a new application where requests change what later ones find.
 * @throws Error that names everything that is not as it should be
 */
export async function assertMatrix(send: Send, matrix: Matrix): Promise<void> {
  const people = new Set(Object.values(matrix).flatMap((statuses) => Object.keys(statuses)));
  const found: string[] = [];
  for (const [request, statuses] of Object.entries(matrix)) {
    for (const person of people) {
      const expected = statuses[person];
      if (expected === undefined) found.push(`${request} says nothing of ${person}`);
      else found.push(...(await faultsOf(send, person, request, expected)));
    }
  }
  if (found.length > 0) throw new Error(`the matrix does not hold:\n${found.join('\n')}`);
}

async function faultsOf(send: Send, person: string, request: string, expected: number): Promise<string[]> {
  const [method, path] = partsOf(request);
  const status = await send(person, method, path);
  if (status !== expected) return [`${request} as ${person}: ${status}, should be ${expected}`];
  if (!REFUSALS.has(expected)) return [];
  const found: string[] = [];
  for (const [otherMethod, otherPath] of waysRound(method, path)) {
    const got = await send(person, otherMethod, otherPath);
    if (got < 300) found.push(`${otherMethod} ${otherPath} as ${person}: ${got}, though ${request} is refused with ${expected}`);
  }
  return found;
}

function partsOf(request: string): [method: string, path: string] {
  const [method = '', path = '', ...more] = request.split(' ');
  if (method === '' || !path.startsWith('/') || more.length > 0)
    throw new TypeError(`write a request as \`GET /path\`, not as \`${request}\``);
  return [method, path];
}

/** The same request in other words. */
function waysRound(method: string, target: string): [method: string, path: string][] {
  const [path = '', query] = target.split('?');
  const first = path.charAt(1);
  const spellings = [
    path.endsWith('/') ? path.slice(0, -1) || '/' : `${path}/`,
    `/${path}`,
    `/.${path}`,
    `/x/..${path}`,
    path.toUpperCase(),
    first === '' ? path : `/%${first.charCodeAt(0).toString(16).padStart(2, '0')}${path.slice(2)}`,
  ];
  const ways = [...new Set(spellings)].filter((spelling) => spelling !== path).map((spelling): [string, string] => [method, spelling]);
  if (method === 'GET') ways.push(['HEAD', path]);
  return ways.map(([how, where]) => [how, query === undefined ? where : `${where}?${query}`]);
}
