import { type Findings, Finder } from './findings.ts';
import type { Installation } from './installation.ts';
import { ROUTES } from './matrix.ts';

/** Ways to write a path that have got past guards of others. */
const SPELLINGS: ((path: string) => string)[] = [
  ...[(path: string) => `/${path}`, (path: string) => `//${path}`, (path: string) => `${path}/`, (path: string) => `${path}//`],
  ...[(path: string) => path.replaceAll('/', '//'), (path: string) => path.replace(/\/(?=[^/]*$)/, '//')],
  ...[(path: string) => path.toUpperCase(), (path: string) => path.replace(/\/(\w)/, (_, letter: string) => `/${letter.toUpperCase()}`)],
  ...[encoded(1), encoded(2), (path: string) => encoded(-1)(path), (path: string) => `/%25${hex(path[1])}${path.slice(2)}`],
  ...['%2f', '%2F', '%5c', '\\'].map((slash) => (path: string) => `/${path.slice(1).replaceAll('/', slash)}`),
  ...[(path: string) => `/%2f${path.slice(1)}`, (path: string) => `${path}%2f`, (path: string) => path.replace(/\/(?=[^/]*$)/, '%2f')],
  ...[
    ';',
    ';x',
    ';x=y',
    '%3b',
    '%00',
    '%00.json',
    '%20',
    '%09',
    '%0a',
    '.json',
    '*',
    '%',
    '?',
    '?/../../healthz',
    '#',
    '..',
    '/.',
    '/..;/',
  ].map((end) => (path: string) => path + end),
  ...['/.', '/x/..', '/;', '/..;', '/%2e', '/x/%2e%2e', '/%00', '/%20'].map((start) => (path: string) => start + path),
  ...[(path: string) => path.replace(/\/(?=[^/]*$)/, '/./'), (path: string) => path.replace(/\/(?=[^/]*$)/, '/x/../')],
];
const PUBLIC = new Set(ROUTES.filter(({ needs }) => !needs).map(({ path }) => path));

/** Every protected route in every spelling, without credentials: nobody gets in. */
export async function spellings(licet: Installation, most: number): Promise<Findings> {
  const finder = new Finder();
  const guarded = ROUTES.filter(({ needs, path }) => needs && !PUBLIC.has(path));
  for (const { method, path } of guarded) {
    const plain = path.replace(/\{\w+\}/, 'licet.owner');
    for (const spell of SPELLINGS.slice(0, most)) {
      const target = spell(plain);
      const answer = await licet.ask(method, target, { key: '', ...(method === 'GET' ? {} : { body: {} }) });
      const open = answer.status < 400 || answer.status >= 500 || /"items"|"rows"|"licet\.owner"/.test(answer.text);
      finder.probe(`${method}`, open && !answer.text.startsWith('<!doctype') ? `${target} answered ${answer.status}` : false);
    }
  }
  return finder;
}

function hex(letter = ''): string {
  return letter.charCodeAt(0).toString(16);
}

function encoded(at: number): (path: string) => string {
  return (path) => {
    const place = at < 0 ? path.length + at : at;
    return `${path.slice(0, place)}%${hex(path[place])}${path.slice(place + 1)}`;
  };
}
