/** What conditions leave out of CEL, each with what to write instead. */
const CONSTRUCTS: Record<string, string> = {
  '+': 'arithmetic (`+`) is not available: numbers of JSON and of CEL differ there; let the application send the result as an attribute',
  '-': 'arithmetic (`-`) is not available: numbers of JSON and of CEL differ there; let the application send the result as an attribute',
  '*': 'arithmetic (`*`) is not available: numbers of JSON and of CEL differ there; let the application send the result as an attribute',
  '/': 'arithmetic (`/`) is not available: numbers of JSON and of CEL differ there; let the application send the result as an attribute',
  '%': 'arithmetic (`%`) is not available: numbers of JSON and of CEL differ there; let the application send the result as an attribute',
  '-_': 'arithmetic (`-`) is not available: a minus stands only before a number',
  '?:': 'the choice `a ? b : c` is not available; write `(a && b) || (!a && c)`',
  map: 'a map `{...}` is not available; compare the members one by one',
  bytes: 'bytes are not available; write a string',
  uint: 'unsigned numbers are not available; write the number without `u`',
  '[]': 'only a literal string can stand in `[...]`: `resource.properties["owner-id"]`; for the items of a list use `in`, `exists` or `all`',
  '.': 'members are read only from names such as `subject` and `resource`: `subject.properties.department`',
};

const FUNCTIONS: Record<string, string> = {
  matches: 'regular expressions are not available, for their time has no bound; use `startsWith`, `endsWith` or `contains`',
  exists_one: 'use `exists` or `all`',
  map: 'use `exists` or `all` on the list itself',
  filter: 'use `exists` or `all` with the filter inside: `list.exists(item, <filter> && <test>)`',
  bind: 'write the value where it is used',
  now: 'write `now` without brackets',
  duration: 'compare `now` with `timestamp(...)`',
  has: 'write `has(resource.properties.ownerId)`',
  size: 'write `size(value)` or `value.size()`',
  timestamp: 'write `timestamp("2026-01-31T12:00:00Z")`',
  startsWith: 'write `text.startsWith("beginning")`',
  endsWith: 'write `text.endsWith("end")`',
  contains: 'write `text.contains("part")`',
  exists: 'write `list.exists(item, item == "a")`',
  all: 'write `list.all(item, item == "a")`',
};

const CONVERSIONS = new Set(['int', 'uint', 'double', 'string', 'bool', 'bytes', 'dyn', 'type']);
const CALENDAR = /^get(?:FullYear|Month|Date|DayOf\w+|Hours|Minutes|Seconds|Milliseconds)$/;
const AVAILABLE = 'a condition may use `has`, `size`, `timestamp`, `startsWith`, `endsWith`, `contains`, `exists` and `all`';

/** Says that a construct of CEL is not among what conditions may use, and what to do. */
export function constructMessage(construct: string): string {
  return CONSTRUCTS[construct] ?? `\`${construct}\` is not available in a condition`;
}

/** Says that a function is not among those that conditions may use, or is used the wrong way, and what to do. */
export function functionMessage(name: string, argCount: number): string {
  if (['has', 'size', 'timestamp', 'startsWith', 'endsWith', 'contains', 'exists', 'all'].includes(name)) {
    return `\`${name}\` is not used with ${argCount} argument${argCount === 1 ? '' : 's'} in this way: ${FUNCTIONS[name]!}`;
  }
  if (CONVERSIONS.has(name)) return `the conversion \`${name}\` is not available: values are compared as they are`;
  if (CALENDAR.test(name)) return `the function \`${name}\` is not available: ${FUNCTIONS['duration']!}`;
  return `the function \`${name}\` is not available: ${Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]! : AVAILABLE}`;
}
