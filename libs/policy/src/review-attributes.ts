import type { ErrorItem, Expr } from '@licet/contract';
import { type ConditionRows, findMisfits, misfitText, Reach } from './check-conditions.ts';

/** Attributes that decisions know without a declaration. */
const KNOWN = ['tenant'];
/** How many letters may differ for a name to be meant for another. */
const MOST_DIFFERENCES = 2;

/**
 * Looks at the attributes that conditions read: names that no resource type declares which the grants with the condition reach, and grants
 * with a wildcard whose condition does not fit some of the types.
 * @returns what was found, with the name that may be meant; nothing about types that declare no attributes
 */
export function reviewAttributes(rows: ConditionRows): ErrorItem[] {
  const reach = new Reach(rows);
  const typesOf = new Map<string, Set<string>>();
  for (const { permission, condition } of rows.grants) {
    if (condition === null) continue;
    typesOf.set(condition, new Set([...(typesOf.get(condition) ?? []), ...reach.types(permission)]));
  }
  const undeclared = [...rows.conditions].flatMap(({ id, tree }) => {
    const types = [...(typesOf.get(id) ?? [])];
    const declared = [...new Set(types.flatMap((type) => Object.keys(reach.attributes(type))))];
    if (!tree || declared.length === 0) return [];
    return [...attributesIn(tree)]
      .filter((name) => !declared.includes(name) && !KNOWN.includes(name))
      .map((name) => ({ path: `conditions.${id}`, message: undeclaredText(name, types, declared) }));
  });
  const partly = findMisfits(rows).filter(({ types, reached }) => types.length < reached);
  return [...undeclared, ...partly.map((misfit) => ({ path: `grants.${misfit.role}.${misfit.permission}`, message: misfitText(misfit) }))];
}

function undeclaredText(name: string, types: readonly string[], declared: readonly string[]): string {
  const [closest] = declared
    .map((known) => ({ known, differences: distance(name.toLowerCase(), known.toLowerCase()) }))
    .filter(({ known, differences }) => differences <= MOST_DIFFERENCES && differences < known.length)
    .sort((a, b) => a.differences - b.differences);
  const hint = closest ? `; did you mean \`${closest.known}\`?` : '; declare it, so that its type is checked';
  return `${types.map((type) => `\`${type}\``).join(', ')} ${types.length === 1 ? 'declares' : 'declare'} no attribute \`${name}\`${hint}`;
}

/** The names after `resource.properties`. No name that `exists` or `all` bind can be `resource`. */
function attributesIn(tree: Expr, found = new Set<string>()): Set<string> {
  if (tree.op === 'var' || tree.op === 'has') {
    const [root, properties, name] = tree.path;
    if (root === 'resource' && properties === 'properties' && name !== undefined) found.add(name);
  } else if ('args' in tree) {
    for (const arg of tree.args) attributesIn(arg, found);
  }
  return found;
}

/** How many letters have to be added, taken away or exchanged (Levenshtein). */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 0; i < left.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < right.length; j++) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (left[i] === right[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[right.length]!;
}
