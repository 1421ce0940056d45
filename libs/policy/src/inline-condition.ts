import { createHash } from 'node:crypto';
import { CONDITION_ROOTS, Key } from '@licet/contract';

const SLUG_LENGTH = 60;

/**
 * The id of the condition that an inline `when` expression becomes: readable, and always the same for the same text.
 * @param expression CEL text; blanks around it do not count
 * @returns for instance `when-resource-properties-archived-a7f0c1d2`
 */
export function inlineConditionId(expression: string): string {
  const text = expression.trim();
  const slug = text
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replaceAll(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return ['when', slug, hash].filter(Boolean).join('-');
}

/**
 * Whether a grant's `when` is an expression, and not the name of a condition. What the file names is a name; what begins like
 * `resource.` is an expression; anything else that could be a key names a condition of the installation.
 * @param named the keys of the file's `conditions`
 */
export function isInlineExpression(when: string, named: ReadonlySet<string>): boolean {
  const text = when.trim();
  if (named.has(text)) return false;
  return !Key.safeParse(text).success || CONDITION_ROOTS.some((root) => text.startsWith(`${root}.`));
}
