// The house rules that a linter does not know. Each takes the tree, `{ files, read(path) }`, and returns what it found, one line each.
import { dirname, posix } from 'node:path';
import { MAY_IMPORT } from './boundaries.mjs';
import { DOCUMENT_RULES } from './tidy-documents.mjs';
import { EXAMPLE_RULES } from './tidy-examples.mjs';

const MOST_LINES = 300;
const SOURCE = /\.(ts|tsx|mjs|js|py|css)$/;
const TEXT = /\.(ts|tsx|mjs|js|py|css|json|ya?ml|md|toml|txt|html|sh)$|(^|\/)(Dockerfile|LICENSE|run|\.[a-z]+(rc|ignore))$/;

/** Statements that write rows without the unit of work, or without saying which rows. */
const AROUND_THE_DOOR = /\.(insert|insertMany|upsert|upsertMany|nativeInsert|nativeUpdate|nativeDelete|createQueryBuilder|qb|execute|getConnection|getKysely|getNativeClient)\(\s*\w*/g;
const BESIDE_THE_DOOR = ['apps/api/src/database/', 'apps/api/src/decisions/', 'apps/api/src/migrations/'];
/** Where such a statement is right, because what it writes is no policy. */
export const ALLOWED_STATEMENTS = [
  { file: 'apps/api/src/operators/sessions.service.ts', statement: '.nativeDelete(Session', reason: 'sessions are no policy: they end by themselves' },
  { file: 'apps/api/src/operators/sessions.service.ts', statement: '.upsert(OperatorUse', reason: 'when an operator last signed in is no change by anybody' },
  { file: 'apps/api/src/operators/second-factor.service.ts', statement: '.nativeUpdate(OperatorUse', reason: 'which code was taken last is no change by anybody' },
  { file: 'apps/api/src/operators/second-factor.service.ts', statement: '.nativeDelete(RecoveryCode', reason: 'a code is used up by signing in, in one statement' },
  { file: 'apps/api/src/operators/used-sign-ins.ts', statement: '.nativeDelete(UsedSignIn', reason: 'which sign-in came back is no change by anybody, and is forgotten once it has run out' },
  { file: 'apps/api/src/changes/read-deltas.ts', statement: '.execute(sql', reason: 'it reads how large changes are' },
  { file: 'apps/api/src/replication/other-processes.ts', statement: '.execute(', reason: 'a notification is no row' },
  { file: 'apps/api/src/operators/passkeys.service.ts', statement: '.nativeUpdate(OperatorPasskey', reason: 'how often a passkey signed is no change by anybody, and two at once are told apart by it' },
  { file: 'apps/api/src/operators/ended-sessions.ts', statement: '.nativeDelete(Session', reason: 'sessions are no policy: they end by themselves' },
  { file: 'apps/api/src/api-keys/api-keys.service.ts', statement: '.upsertMany(ApiKeyUse', reason: 'when a key was last used is no change by anybody' },
  { file: 'apps/api/src/security-events/security-events.service.ts', statement: '.upsertMany(SecurityEvent', reason: 'what happened is no change by anybody' },
  { file: 'apps/api/src/security-events/security-events.service.ts', statement: '.nativeDelete(SecurityEvent', reason: 'events are kept for as long as the settings say' },
  { file: 'apps/api/src/app.ts', statement: '.insert(Head', reason: 'revision 0, before there is anything to change' },
];

export const RULES = [
  { name: `source files have at most ${MOST_LINES} lines`, check: longFiles },
  { name: 'both dialects have the same migrations', check: migrations },
  { name: 'policy tables are written through the one door', check: oneDoor },
  { name: 'each project has one kind and the common lint', check: projects },
  { name: 'each library has one index.ts', check: indexFiles },
  { name: 'what runs of a project is among its dependencies', check: undeclared },
  { name: 'no folder is a drawer', check: drawers },
  { name: 'a silenced check says why', check: silenced },
  { name: 'no test is singled out', check: focusedTests },
  { name: 'nothing names this machine or a registry', check: machine },
  { name: 'the licence is Apache-2.0 everywhere', check: licence },
  ...DOCUMENT_RULES,
  ...EXAMPLE_RULES,
];

function longFiles({ files, read }) {
  return files
    .filter((file) => SOURCE.test(file))
    .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ file, lines }) => `${file} has ${lines} lines`);
}

function migrations({ files }) {
  const ofDialect = (dialect) => {
    const paths = files.filter((file) => file.startsWith(`apps/api/src/migrations/${dialect}`) && file.endsWith('.ts'));
    return paths.map((path) => path.replace(`/${dialect}`, '/*')).sort();
  };
  const [sqlite, postgres] = [ofDialect('sqlite'), ofDialect('postgres')];
  const none = sqlite.length + postgres.length === 0 ? ['there are no migrations in apps/api/src/migrations'] : [];
  const missing = (from, inThat, dialect) => from.filter((path) => !inThat.includes(path)).map((path) => `${path} is missing for ${dialect}`);
  return [...none, ...missing(sqlite, postgres, 'postgres'), ...missing(postgres, sqlite, 'sqlite')];
}

function oneDoor({ files, read }) {
  const used = new Set();
  const found = files.filter(mayChangePolicy).flatMap((file) =>
    [...read(file).matchAll(AROUND_THE_DOOR)].flatMap(([statement]) => {
      const allowed = ALLOWED_STATEMENTS.find((entry) => entry.file === file && entry.statement === statement);
      if (allowed) used.add(allowed);
      return allowed ? [] : [`${file} has \`${statement}\`: write through changes.commit, or say in tools/tidy-rules.mjs why not`];
    }),
  );
  const stale = ALLOWED_STATEMENTS.filter((entry) => files.includes(entry.file) && !used.has(entry));
  return [...found, ...stale.map((entry) => `${entry.file} has no \`${entry.statement}\` any more: take it off the list in tools/tidy-rules.mjs`)];
}

function mayChangePolicy(file) {
  return /^apps\/api\/src\/.*\.ts$/.test(file) && !file.endsWith('.spec.ts') && !BESIDE_THE_DOOR.some((folder) => file.startsWith(folder));
}

function projects({ files, read }) {
  const manifests = files.filter((file) => /^(apps|libs|examples)\/[^/]+\/package\.json$|^(bench|verify|e2e)\/package\.json$/.test(file));
  return manifests.flatMap((file) => {
    const { nx = {}, scripts = {} } = JSON.parse(read(file));
    const kinds = (nx.tags ?? []).filter((tag) => Object.hasOwn(MAY_IMPORT, tag.replace(/^kind:/, '')));
    const folder = dirname(file);
    const hasSource = files.some((path) => path.startsWith(`${folder}/src/`));
    return [
      ...(kinds.length === 1 ? [] : [`${file} has ${kinds.length} known \`kind:\` tags in nx.tags instead of one`]),
      ...(hasSource && scripts.lint !== 'eslint .' ? [`${file} does not lint with \`eslint .\``] : []),
      ...files.filter((path) => path.startsWith(`${folder}/`) && /eslint\.config\.\w+$/.test(path)).map((path) => `${path} overrides the one at the root`),
    ];
  });
}

function indexFiles({ files }) {
  const libraries = new Set(files.filter((file) => /^libs\/[^/]+\/src\/.*\.ts$/.test(file)).map((file) => file.split('/')[1]));
  return [...libraries].flatMap((name) => {
    const found = files.filter((file) => file.startsWith(`libs/${name}/src/`) && posix.basename(file) === 'index.ts');
    return found.length === 1 && found[0] === `libs/${name}/src/index.ts` ? [] : [`libs/${name} should have src/index.ts and no other; it has [${found}]`];
  });
}

/** `npm run sbom` says what Licet is made of by the dependencies of its projects: what is only there for building does not count. */
function undeclared({ files, read }) {
  const manifest = (file) => file.replace(/^(\w+\/[^/]+\/).*/, '$1package.json');
  const runs = (file) => /^(apps|libs)\/[\w-]+\/src\/.*(?<!\.spec|\.fixture)\.tsx?$/.test(file) && files.includes(manifest(file));
  const imported = /^(?:import|export)\s(?!type\b)(?:[^'";]*?from )?'([^']+)'|\bimport\('([^']+)'\)/gm;
  return files.filter(runs).flatMap((file) => {
    const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(read(manifest(file)));
    const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies };
    const packages = [...read(file).matchAll(imported)].map(([, from, lazily]) => /^(@[^/]+\/)?[^/]+/.exec(from ?? lazily)[0]);
    const missing = packages.filter((each) => !/^(\.|node:|@licet\/)/.test(each) && !(each in declared));
    return [...new Set(missing)].map((each) => `${file} imports ${each}, which is not among the dependencies of its project`);
  });
}

function drawers({ files }) {
  const found = files.map((file) => /^(.*\/(?:utils?|helpers?|misc|common|shared))\//.exec(file)?.[1]).filter(Boolean);
  return [...new Set(found)].map((folder) => `${folder}/ says nothing about what is in it`);
}

function silenced({ files, read }) {
  const silent = /eslint-disable(?![^\n]* -- \S)|@ts-(?:ignore|nocheck)|@ts-expect-error(?!:? +\S)|istanbul ignore/;
  return linesOf({ files, read }, (file) => /\.(ts|tsx|mjs|js)$/.test(file) && !file.startsWith('tools/tidy'), silent, 'write ` -- ` and the reason');
}

function focusedTests({ files, read }) {
  return linesOf({ files, read }, (file) => /\.spec\.(ts|tsx|mjs)$/.test(file) && !file.startsWith('tools/'), /\b(?:describe|it|test)\.only\b|\bf(?:it|describe)\(/, 'the others do not run');
}

function machine({ files, read }) {
  const paths = linesOf({ files, read }, (file) => TEXT.test(file) && !file.startsWith('tools/tidy'), /(?<![\w.~-])\/(?:root|work|home\/\w+|Users\/\w+)\//, 'a path of one machine');
  const resolved = files.includes('package-lock.json') && /"resolved": "https?:/.test(read('package-lock.json'));
  const settings = (file) => /(^|\/)(\.npmrc|pip\.conf|requirements[^/]*\.txt|pyproject\.toml)$/.test(file);
  const registries = linesOf({ files, read }, settings, /registry *=|index-url|find-links|trusted-host/, 'a registry is the reader\'s own setting');
  return [...paths, ...registries, ...(resolved ? ['package-lock.json has registry addresses: npm config set omit-lockfile-registry-resolved true'] : [])];
}

function licence({ files, read }) {
  const text = files.includes('LICENSE') ? read('LICENSE') : '';
  const whole = text.includes('Apache License') && text.includes('Version 2.0') && text.includes('END OF TERMS AND CONDITIONS');
  const others = files.filter((file) => /(^|\/)package\.json$/.test(file) && JSON.parse(read(file)).license !== 'Apache-2.0');
  return [...(whole ? [] : ['LICENSE is not the whole text of Apache-2.0']), ...others.map((file) => `${file} does not say \`"license": "Apache-2.0"\``)];
}

function linesOf({ files, read }, wanted, pattern, remedy) {
  return files.filter(wanted).flatMap((file) => {
    const lines = read(file).split('\n');
    return lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} has \`${pattern.exec(line)[0].trim()}\`: ${remedy}`] : []));
  });
}
