import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { CONDITION_LIMITS } from '@licet/contract';

/** One thing wrong with a condition. `at` counts UTF-16 units from the beginning of the text. */
export interface Fault {
  at: number;
  message: string;
}

// The parser's own bounds are wide: what a condition may hold is counted on its tree, after parsing. The one bound that matters here is
// that of the text, without which a long chain of `!` or `-` would overflow the stack of a parser that descends once for each of them.
const PARSER_LIMITS = { maxDepth: 200, maxAstNodes: 4096, maxListElements: 2048, maxMapEntries: 2048, maxCallArguments: 2048 };
const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, limits: PARSER_LIMITS });

export const TOO_DEEP = `the condition is nested too deeply: at most ${CONDITION_LIMITS.depth} levels; name a part of it as a condition of its own`;

/**
 * Reads CEL text (cel-spec, "Syntax") within the bounds of CONDITION_LIMITS.
 * @param text the condition as written
 * @returns the syntax tree, or the first thing that is wrong with the text; never throws
 */
export function readSyntax(text: string): { node: ASTNode; fault?: undefined } | { node?: undefined; fault: Fault } {
  const fault = textFault(text);
  if (fault) return { fault };
  try {
    return { node: environment.parse(text).ast };
  } catch (error) {
    if (error instanceof ParseError) return { fault: explain(text, error) };
    return { fault: { at: 0, message: error instanceof RangeError ? TOO_DEEP : 'the condition cannot be read' } };
  }
}

function textFault(text: string): Fault | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > CONDITION_LIMITS.textBytes) {
    return {
      at: 0,
      message: `the condition is too long: ${bytes} bytes, and at most ${CONDITION_LIMITS.textBytes} are taken; split it into several conditions`,
    };
  }
  if (!text.isWellFormed()) return { at: 0, message: 'the condition is not well-formed Unicode: it holds half of a surrogate pair' };
  const control = text.search(/(?![\t\n\r])\p{Cc}/u);
  return control < 0 ? undefined : { at: control, message: 'the condition holds a control character; remove it' };
}

const REMEDIES: Record<string, string> = {
  and: 'write `&&`',
  or: 'write `||`',
  not: 'write `!`',
  is: 'write `==`',
  '=': 'write `==`',
  '&': 'write `&&`',
  '|': 'write `||`',
  '<>': 'write `!=`',
  '`': 'write a member with such a name as `["name"]`',
  '“': 'write plain quotes `"`',
  '”': 'write plain quotes `"`',
  '‘': "write plain quotes `'`",
  '’': "write plain quotes `'`",
  '.?': 'optional members are not available: ask with `has(...)`',
};

const TOKENS: Record<string, string> = {
  EOF: 'the end',
  IDENTIFIER: 'a name',
  NUMBER: 'a number',
  STRING: 'a text',
  BYTES: 'bytes',
  BOOLEAN: '`true` or `false`',
  NULL: '`null`',
  IN: '`in`',
  LPAREN: '`(`',
  RPAREN: '`)`',
  LBRACKET: '`[`',
  RBRACKET: '`]`',
  RBRACE: '`}`',
  COLON: '`:`',
};

function explain(text: string, error: ParseError): Fault {
  const at = error.range?.start ?? 0;
  if (error.code === 'limit_exceeded') return { at, message: TOO_DEEP };
  if (text.slice(at).trim() === '' && ['unexpected_token', 'expected_token'].includes(error.code))
    return { at, message: endMessage(text, error) };
  const found = foundAt(text, at);
  if (error.code === 'reserved_identifier') return { at, message: `\`${found}\` is a reserved word` };
  if (error.code === 'expected_token') {
    const wanted = expected(error);
    const remedy = REMEDIES[found] ?? (wanted === 'a name' ? 'write a member with such a name as `["name"]`' : '');
    return { at, message: withRemedy(wanted ? `expected ${wanted}, found \`${found}\`` : `\`${found}\` is unexpected`, remedy) };
  }
  if (error.code.startsWith('unexpected_')) {
    if (/^\.\d/.test(text.slice(at))) return { at, message: '`.` is unexpected; write a digit before the point: `0.5`' };
    const before = /([A-Za-z]+)\s*$/.exec(text.slice(0, at));
    const remedy = REMEDIES[found] ?? (before?.[1] === 'not' ? REMEDIES['not']! : letterRemedy(found));
    return { at, message: withRemedy(`\`${found}\` is unexpected`, remedy) };
  }
  return { at, message: error.summary.charAt(0).toLowerCase() + error.summary.slice(1) };
}

function endMessage(text: string, error: ParseError): string {
  if (text.replaceAll(/\/\/.*/g, '').trim() === '')
    return 'the condition is empty; write an expression such as `resource.properties.ownerId == subject.id`';
  const wanted = error.code === 'expected_token' ? expected(error) : '';
  return wanted ? `the condition ends too early: expected ${wanted}` : 'the condition ends too early';
}

/** The parser says `Expected IDENTIFIER, got IN`. */
const expected = (error: ParseError): string => TOKENS[/^Expected (\w+)/.exec(error.summary)?.[1] ?? ''] ?? '';

/** The word, operator or character at a place. */
function foundAt(text: string, at: number): string {
  const rest = text.slice(at);
  if (text[at - 1] === '<' && rest.startsWith('>')) return '<>';
  if (text[at - 1] === '.' && rest.startsWith('?')) return '.?';
  return /^(?:\w+|.)/u.exec(rest)?.[0] ?? '';
}

const letterRemedy = (found: string): string =>
  /^\P{ASCII}$/u.test(found) ? 'names use A-Z, a-z, 0-9 and `_`; write a member with another name as `["name"]`' : '';

const withRemedy = (message: string, remedy: string): string => (remedy ? `${message}; ${remedy}` : message);

/**
 * The place of a fault for people.
 * @returns `line:column`, both from 1; columns count characters
 */
export function placeIn(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `${lines.length}:${[...lines.at(-1)!].length + 1}`;
}
