/** How deep JSON may nest: far beyond what anybody needs, and far from where programs that read it run out of stack. */
export const MAX_DEPTH = 100;

/** Whether both databases keep a text as it is: without null characters and without halves of surrogate pairs. */
export const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** The text with a replacement character where it could not be stored, cut to what fits. */
export function storableText(text: string, length: number): string {
  const cut = text.length > length ? text.slice(0, length) : text;
  return isStorable(cut) ? cut : cut.replaceAll('\u0000', '\ufffd').toWellFormed();
}

/** JSON that both databases keep: the value itself, where there is nothing to replace. What nests too deeply is left out. */
export function storableJson(value: unknown): unknown {
  return isStorableJson(value, 0) ? value : replaced(value, 0);
}

function isStorableJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (value === null || typeof value !== 'object') return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isStorableJson(item, depth + 1));
  for (const name of Object.keys(value)) {
    if (!isStorable(name) || !isStorableJson((value as Record<string, unknown>)[name], depth + 1)) return false;
  }
  return true;
}

function replaced(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value, Infinity);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => replaced(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [storableText(name, Infinity), replaced(member, depth + 1)]));
}
