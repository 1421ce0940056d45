/** How deep JSON may nest: far beyond what anybody needs, and far from where programs that read it run out of stack. */
export const MAX_DEPTH = 100;

/** Whether both databases keep a text as it is: without null characters and without halves of surrogate pairs. */
export const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** The text with a replacement character where it could not be stored, cut to what fits. */
export function storableText(text: string, length: number): string {
  const cut = text.length > length ? text.slice(0, length) : text;
  return isStorable(cut) ? cut : cut.replaceAll('\u0000', '\ufffd').toWellFormed();
}

/** JSON that both databases keep: the same, where there is nothing to replace. What nests too deeply is left out. */
export function storableJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storableText(value, Infinity);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) {
    const items = value.map((item) => storableJson(item, depth + 1));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const members = Object.entries(value).map(([name, member]) => [storableText(name, Infinity), storableJson(member, depth + 1)] as const);
  const same = Object.entries(value).every(([name, member], index) => members[index]![0] === name && members[index]![1] === member);
  return same ? value : Object.fromEntries(members);
}
