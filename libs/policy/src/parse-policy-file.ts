import { type ErrorItem, faultWords, LicetError, PolicyFile } from '@licet/contract';
import { type Document, type ErrorCode, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Scalar, visit } from 'yaml';
import { pathText, readableIssues } from './file-issues.ts';

/** One mistake in YAML often leads to many messages. */
const MAX_YAML_ERRORS = 10;
const YAML_MESSAGES: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'a policy file is one document; remove the `---`',
  DUPLICATE_KEY: 'the same key stands twice in a map',
};

const MERGE = '`<<` does not merge maps here; write out what it brings in (a key of that name stands in quotes: `"<<"`)';

/**
 * Reads a policy file (`licet: 1`; YAML 1.2 core schema, or JSON, which is YAML too).
 * @param text the file as it is on disk
 * @returns the file with defaults filled in and times in UTC; what it refers to has not been looked at: see resolvePolicyFile
 * @throws LicetError `invalid_request` if it is not YAML, `invalid_policy` if it is not a policy file; all errors are in `errors`, with
 *   paths such as `roles.member.grants[0]` and messages that begin with `line <n>:`
 */
export function parsePolicyFile(text: string): PolicyFile {
  try {
    return readFile(text);
  } catch (error) {
    if (error instanceof LicetError) throw error;
    throw new LicetError('invalid_request', withoutAnswer(error));
  }
}

function readFile(text: string): PolicyFile {
  const lines = new LineCounter();
  const document = readYaml(text, lines);
  const value: unknown = document.toJS();
  const parsed = PolicyFile.safeParse(value, { error: faultWords });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap((issue) => readableIssues(issue, value));
  const errors = issues.map(({ path, message }) => ({
    path: pathText(path),
    message: `line ${lineOf(document, path, lines)}: ${message}`,
  }));
  throw new LicetError('invalid_policy', 'this is not a valid policy file', { errors });
}

/** The libraries throw plain errors where aliases or nesting go beyond all bounds. */
function withoutAnswer(error: unknown): string {
  if (!(error instanceof ReferenceError)) return 'the file is nested too deeply';
  return error.message.startsWith('Excessive')
    ? 'the file uses aliases that grow beyond reason'
    : 'the file uses an alias `*name` for which there is no anchor `&name` before it';
}

function readYaml(text: string, lines: LineCounter): Document.Parsed {
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, prettyErrors: false, version: '1.2', logLevel: 'error' });
  const faults = [...document.errors, ...document.warnings];
  if (faults.some(({ message }) => message.startsWith('Maximum call stack'))) throw new RangeError('nested too deeply');
  const errors = faults.slice(0, MAX_YAML_ERRORS).map(({ code, message, pos }) => fault(lines, pos[0], YAML_MESSAGES[code] ?? message));
  errors.push(...traps(document, lines));
  if (errors.length > 0) {
    const message = faults.length > 0 ? 'the file is not valid YAML' : 'the file holds what would not be read as it is meant';
    throw new LicetError('invalid_request', message, { errors });
  }
  return document;
}

/**
 * What YAML allows and programs trip over: `__proto__` as a key, which JavaScript loses; `<<`, which merges in YAML 1.1 only; whole numbers
 * that would be rounded; a value that contains itself.
 */
function traps(document: Document.Parsed, lines: LineCounter): ErrorItem[] {
  const errors: ErrorItem[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key)) return;
      if (key.value === '__proto__') errors.push(fault(lines, key.range?.[0] ?? 0, '`__proto__` cannot be a key'));
      if (key.value === '<<' && key.type === 'PLAIN') errors.push(fault(lines, key.range?.[0] ?? 0, MERGE));
    },
    Scalar(_, scalar) {
      if (isRounded(scalar))
        errors.push(
          fault(lines, scalar.range?.[0] ?? 0, `\`${scalar.source}\` is too large for a whole number; write it as a text, in quotes`),
        );
    },
    Alias(_, alias, path) {
      const target = alias.resolve(document);
      if (target && path.includes(target))
        errors.push(fault(lines, alias.range?.[0] ?? 0, `\`*${alias.source}\` stands inside of what it refers to`));
    },
  });
  return errors;
}

/** What was exported is read as it stands, even where it was rounded before. */
function isRounded({ value, source }: Scalar): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && /^([-+]?\d+|0[xo].+)$/.test(source ?? '') && source !== String(value);
}

function fault(lines: LineCounter, offset: number, message: string): ErrorItem {
  const { line, col } = lines.linePos(offset);
  return { path: '(file)', message: `line ${line}, column ${col}: ${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}

/** The line of the innermost member of a path that is there. */
function lineOf(document: Document.Parsed, path: PropertyKey[], lines: LineCounter): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const name of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === name);
      if (isScalar(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair?.value;
    } else {
      node = isSeq(node) ? node.items[Number(name)] : undefined;
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    }
  }
  return lines.linePos(offset).line;
}
