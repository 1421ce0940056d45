import type { Attributes, AttributeType } from '@licet/contract';

export type AttributeKind = 'text' | 'number' | 'bool' | 'list' | 'json';

/** One attribute as it is edited. `text` is what stands in the field. */
export interface AttributeLine {
  name: string;
  kind: AttributeKind;
  text: string;
}

export const KINDS: { value: AttributeKind; label: string }[] = [
  { value: 'text', label: 'text' },
  { value: 'number', label: 'number' },
  { value: 'bool', label: 'yes / no' },
  { value: 'list', label: 'list' },
  { value: 'json', label: 'JSON' },
];

const KIND_OF: Record<AttributeType, AttributeKind> = {
  string: 'text',
  timestamp: 'text',
  number: 'number',
  bool: 'bool',
  list: 'list',
  map: 'json',
  any: 'text',
};

/** As what an attribute of a declared type is edited. */
export const kindOf = (type: AttributeType): AttributeKind => KIND_OF[type];

// What a comma-separated line can hold without loss.
const isPlainList = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item) => typeof item === 'string' && item !== '' && !item.includes(',') && item.trim() === item);

export function linesOf(attributes: Attributes): AttributeLine[] {
  return Object.entries(attributes).map(([name, value]): AttributeLine => {
    if (typeof value === 'string') return { name, kind: 'text', text: value };
    if (typeof value === 'number') return { name, kind: 'number', text: String(value) };
    if (typeof value === 'boolean') return { name, kind: 'bool', text: String(value) };
    if (isPlainList(value)) return { name, kind: 'list', text: value.join(', ') };
    return { name, kind: 'json', text: JSON.stringify(value) };
  });
}

function read({ kind, text }: AttributeLine): { value: Attributes[string] } | { fault: string } {
  switch (kind) {
    case 'text':
      return { value: text };
    case 'bool':
      return { value: text === 'true' };
    case 'number': {
      const value = Number(text);
      return text.trim() && Number.isFinite(value) ? { value } : { fault: 'is not a number' };
    }
    case 'list':
      return {
        value: text
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
      };
    case 'json':
      try {
        return { value: JSON.parse(text) as Attributes[string] };
      } catch {
        return { fault: 'is not valid JSON' };
      }
  }
}

/**
 * @returns the attributes, or what is wrong with the first line that cannot be read; a line without name and text is passed over
 */
export function attributesOf(lines: readonly AttributeLine[]): { attributes: Attributes } | { fault: string } {
  const entries: [string, Attributes[string]][] = [];
  for (const line of lines) {
    const name = line.name.trim();
    if (!name && !line.text.trim()) continue;
    if (!name) return { fault: 'An attribute has no name.' };
    if (entries.some(([other]) => other === name)) return { fault: `The attribute ${name} is there twice.` };
    const result = read(line);
    if ('fault' in result) return { fault: `The attribute ${name} ${result.fault}.` };
    entries.push([name, result.value]);
  }
  return { attributes: Object.fromEntries(entries) };
}
