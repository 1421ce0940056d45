import { DEFAULT_TENANT, type PolicyFile } from '@licet/contract';
import { Document, isCollection, isMap, isPair, isScalar, visit, type YAMLMap } from 'yaml';
import type { DesiredPolicy } from './desired-policy.ts';
import { toPolicyFile } from './to-policy-file.ts';

/** Lists and maps up to this many characters stand on one line. */
const ONE_LINE = 110;
const ORDER = ['licet', 'tenants', 'resourceTypes', 'conditions', 'roles', 'groups', 'users', 'resources', 'assignments', 'tests'] as const;

/**
 * Writes rows as a policy file. Nothing is lost: `resolvePolicyFile(parsePolicyFile(writePolicyFile(x)))` equals `x`.
 * @returns YAML 1.2, in a stable order, with short forms wherever there is one
 */
export function writePolicyFile(desired: DesiredPolicy): string {
  return formatPolicyFile(toPolicyFile(desired));
}

/**
 * Writes a policy file as YAML, `tests` included. Members that hold their default are left out.
 * @param file as the schema PolicyFile gives it, for instance the answer of `GET /api/v1/policy`
 */
export function formatPolicyFile(file: PolicyFile): string {
  const brief: Record<string, unknown> = Object.fromEntries(
    ORDER.filter((name) => file[name] !== undefined).map((name) => [name, file[name]]),
  );
  for (const section of ['tenants', 'resourceTypes', 'roles', 'groups', 'users'] as const) {
    if (file[section])
      brief[section] = Object.fromEntries(Object.entries<object>(file[section]).map(([key, entry]) => [key, withoutDefaults(entry)]));
  }
  if (file.resources) brief['resources'] = file.resources.map((entry) => withoutDefaults(entry));
  if (file.assignments) brief['assignments'] = file.assignments.map((entry) => withoutDefaults(entry, 'tenant', DEFAULT_TENANT));
  // `compat` puts quotes around what older readers of YAML take for a boolean, such as `no`.
  const document = new Document(brief, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  if (isMap(document.contents)) layOutSections(document.contents);
  quoteLines(document);
  return document.toString({ lineWidth: 0 });
}

/** An entry without what the schema fills in: nothing, empty lists and maps, `enabled: true`, and the default that is given. */
function withoutDefaults(entry: object, name = 'enabled', value: unknown = true): object {
  const isDefault = ([key, member]: [string, unknown]) =>
    member === undefined ||
    member === null ||
    (typeof member === 'object' && Object.keys(member).length === 0) ||
    (key === name && member === value);
  return Object.fromEntries(Object.entries(entry).filter((member) => !isDefault(member)));
}

/** Sections are apart by an empty line, and each of their entries begins a line of its own. */
function layOutSections(file: YAMLMap): void {
  for (const [index, { key, value }] of file.items.entries()) {
    if (isScalar(key)) key.spaceBefore = index > 0;
    if (isCollection(value)) for (const entry of value.items) layOut(isPair(entry) ? entry.value : entry);
  }
}

/** Puts whatever is short on one line. */
function layOut(node: unknown): void {
  if (!isCollection(node)) return;
  node.flow = JSON.stringify(node).length <= ONE_LINE;
  if (!node.flow) for (const item of node.items) layOut(isPair(item) ? item.value : item);
}

/** Puts quotes around texts of several lines where they would not be read as they were: on one line with others, and beginning with a blank. */
function quoteLines(document: Document): void {
  visit(document, {
    Scalar(_, node, path) {
      if (typeof node.value !== 'string' || !node.value.includes('\n')) return;
      const onOneLine = path.some((parent) => isCollection(parent) && parent.flow);
      if (onOneLine || /^\s/.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
}
