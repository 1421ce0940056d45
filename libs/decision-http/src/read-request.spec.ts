import { EvaluationRequest, EvaluationsRequest, type ErrorItem } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Asking } from './asking.ts';
import { answerEvaluations } from './evaluations.ts';
import { isObject, readEvaluation, type JsonObject } from './read-request.ts';

const ID_CHARACTERS = [...'abcé漢', '\u0000', '\u001f', '\u007f', '\u0080', '\ud83d\ude00', '\ud800', ' ', ':', '"'];
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('user', 'task', 'x'.repeat(256)) },
  { weight: 1, arbitrary: fc.constantFrom('', 'x'.repeat(257)) },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...ID_CHARACTERS), minLength: 1 }) },
);
const odd = fc.oneof(fc.constant(null), fc.boolean(), fc.double(), fc.constantFrom<unknown>([], {}, ['x'], 'x', '__proto__'));
const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'tenant'), fc.string());
const attributes = fc.oneof(
  { weight: 20, arbitrary: fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })) },
  { weight: 1, arbitrary: fc.constant({ a: { b: [Infinity] } }) },
  { weight: 1, arbitrary: odd },
);
const member = (arbitrary: fc.Arbitrary<unknown>) => fc.oneof({ weight: 30, arbitrary }, { weight: 1, arbitrary: odd });
const optional = { properties: attributes, extra: odd };
const entity = fc.record({ type: member(text), id: member(text), ...optional }, { requiredKeys: ['type', 'id'] });
const action = fc.record({ name: member(text), ...optional }, { requiredKeys: ['name'] });
const question = fc.record(
  { subject: member(entity), action: member(action), resource: member(entity), context: attributes, more: odd },
  { requiredKeys: ['subject', 'action', 'resource'] },
);

/** As if it had come over the wire; a number out of range arrives as Infinity. */
function asParsed(value: unknown): JsonObject {
  const text = JSON.stringify(value, (_, item: unknown) => (item === Infinity ? '\u221e' : item));
  return JSON.parse(text.replaceAll('"\u221e"', '1e999')) as JsonObject;
}

/** The schema does not take null for an absent member: what the rule in read-request.ts adds. */
function withoutNulls(body: JsonObject): JsonObject {
  const copy = structuredClone(body);
  if (copy['context'] === null) delete copy['context'];
  for (const part of [copy['subject'], copy['action'], copy['resource']]) {
    if (isObject(part) && part['properties'] === null) delete part['properties'];
  }
  return copy;
}

describe('readEvaluation', () => {
  it('accepts what the contract accepts, reads it alike, and refuses the rest', () => {
    let accepted = 0;
    let refused = 0;
    const agrees = (value: unknown) => {
      const body = asParsed(value);
      const schema = EvaluationRequest.safeParse(withoutNulls(body));
      const faults: ErrorItem[] = [];
      const read = readEvaluation(body, faults);
      expect(read !== undefined).toBe(schema.success);
      expect(faults.length > 0).toBe(!schema.success);
      if (schema.success) expect(read).toEqual(schema.data);
      if (schema.success) accepted += 1;
      else refused += 1;
    };
    fc.assert(fc.property(question, agrees), { numRuns: 3000 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(300);
  });

  it('names the same members as the contract', () => {
    const topLevel = (paths: readonly string[]) => new Set(paths.map((path) => path.split(/[.[]/).slice(0, 2).join('.')));
    const agrees = (value: unknown) => {
      const body = asParsed(value);
      const schema = EvaluationRequest.safeParse(withoutNulls(body));
      const faults: ErrorItem[] = [];
      readEvaluation(body, faults);
      const named = (schema.error?.issues ?? []).map((issue) => issue.path.join('.'));
      expect(topLevel(faults.map(({ path }) => path))).toEqual(topLevel(named));
    };
    fc.assert(fc.property(question, agrees), { numRuns: 1000 });
  });
});

describe('answerEvaluations', () => {
  const mostly = (arbitrary: fc.Arbitrary<unknown>) => fc.oneof({ weight: 3, arbitrary }, { weight: 1, arbitrary: odd });
  const item = fc.oneof({ weight: 8, arbitrary: question }, { weight: 1, arbitrary: odd });
  const semantic = fc.constantFrom('execute_all', 'deny_on_first_deny', 'permit_on_first_permit', 'other', 5);
  const batch = fc.record(
    {
      subject: odd,
      evaluations: mostly(fc.array(item, { minLength: 1, maxLength: 4 })),
      options: mostly(fc.record({ evaluations_semantic: semantic })),
    },
    { requiredKeys: ['evaluations'] },
  );

  it('refuses a batch as a whole exactly when the contract does', () => {
    const agrees = (value: unknown) => {
      const body = asParsed(value);
      for (const name of ['evaluations', 'options']) if (body[name] === null) delete body[name];
      const { evaluations } = body;
      fc.pre(evaluations !== undefined && !(Array.isArray(evaluations) && evaluations.length === 0)); // one question then: section 7.1
      const answer = () => answerEvaluations(body, new Asking(null, 0, 0));
      if (EvaluationsRequest.safeParse(body).success) expect(JSON.parse(answer())).toHaveProperty('evaluations');
      else expect(answer).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    };
    fc.assert(fc.property(batch, agrees), { numRuns: 1500 });
  });
});
