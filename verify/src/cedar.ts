/** The engine against Cedar's authorizer, which knows nothing of it: see cedar-translation.ts for what becomes what. */
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { Attributes, Decision, EvaluationRequest, Expr, SnapshotDocument } from '@licet/contract';
import { createSnapshot, decide } from '@licet/engine';
import { toCalls, toPolicies } from './cedar-translation.ts';
import { randomDocument, randomNames } from './model.ts';
import { Questions } from './question.ts';
import { Random } from './random.ts';
import { addDifference, countOne, emptyTally, WHOLE, type Tally } from './tally.ts';

export interface CedarDifference {
  model: number;
  request: EvaluationRequest;
  now: number;
  engine: Decision;
  cedar: unknown;
}

/** For each model: reading its policies costs as much as ten answers. */
const QUESTIONS = 100;
const OWNERS = ['alice', 'bob', 'constructor', ''];
const PATHS = [['subject', 'properties'], ['resource', 'properties'], ['action', 'properties'], ['context']];

/** Compares so many answers, of the models whose number is `of` among each `outOf`. */
export function compareWithCedar(decisions: number, seed: number, share = WHOLE): Tally {
  const tally = emptyTally();
  for (let model = share.of; model * QUESTIONS < decisions; model += share.outOf) {
    compareModel(seed, model, Math.min(QUESTIONS, decisions - model * QUESTIONS), tally);
  }
  return tally;
}

function compareModel(seed: number, model: number, count: number, tally: Tally): void {
  const random = new Random(seed, model);
  const names = randomNames(random, 'tiny');
  const document = simplified(randomDocument(random, 'tiny', names, 1), names.roles, random);
  const snapshot = createSnapshot(document);
  const parsed = cedar.preparsePolicySet('licet', toPolicies(document));
  if (parsed.type === 'failure') throw new Error(`Cedar cannot read the policies of model ${model}: ${JSON.stringify(parsed.errors)}`);
  const toCall = toCalls(document);
  const questions = new Questions(random, document, names, randomSimpleAttributes);
  for (let i = 0; i < count; i++) {
    const { request, now } = questions.valid();
    const engine = decide(snapshot, request, now);
    const answer = cedar.statefulIsAuthorized({ ...toCall(request, now), preparsedPolicySetId: 'licet' });
    countOne(tally, engine.reason);
    if (agrees(engine, answer)) continue;
    const difference: CedarDifference = { model, request, now, engine, cedar: answer };
    addDifference(tally, difference);
  }
  countOne(tally, 'models');
  tally.count += count;
}

/** The same decision without an error on Cedar's side, and the grant that determined it is among those that Cedar names. */
function agrees(engine: Decision, answer: ReturnType<typeof cedar.statefulIsAuthorized>): boolean {
  if (answer.type === 'failure') return false;
  const { decision, diagnostics } = answer.response;
  const named = engine.path === null || diagnostics.reason.includes(`grant ${engine.path.grant}`);
  return diagnostics.errors.length === 0 && (decision === 'allow') === engine.decision && named;
}

/** The policy with conditions and attributes that both know, and without cycles of roles. */
function simplified(document: SnapshotDocument, roles: readonly string[], random: Random): SnapshotDocument {
  const { rows } = document;
  const attributes = () => randomSimpleAttributes(random);
  return {
    ...document,
    rows: {
      ...rows,
      conditions: rows.conditions.map(({ id }) => ({ id, tree: randomSimpleTree(random, 2) })),
      'role-inherits': rows['role-inherits'].filter(({ role, inherits }) => roles.indexOf(role) < roles.indexOf(inherits)),
      users: rows.users.map((row) => ({ ...row, attributes: attributes() })),
      resources: rows.resources.map((row) => ({ ...row, attributes: attributes() })),
    },
  };
}

function randomSimpleAttributes(random: Random): Attributes {
  const attributes: Attributes = {};
  if (random.once(2)) attributes['owner'] = random.pick(OWNERS);
  if (random.once(2)) attributes['level'] = random.between(-1, 3);
  if (random.once(2)) attributes['flag'] = random.once(2);
  if (random.once(2)) attributes['tags'] = OWNERS.filter(() => random.once(2));
  return attributes;
}

function randomSimpleTree(random: Random, depth: number): Expr {
  if (depth > 0 && random.once(2)) {
    const arg = () => randomSimpleTree(random, depth - 1);
    return random.once(3) ? { op: 'not', args: [arg()] } : { op: random.pick(['and', 'or'] as const), args: [arg(), arg()] };
  }
  const name = random.pick(['owner', 'level', 'flag', 'tags']);
  const path = [...random.pick(PATHS), name];
  const attribute: Expr = { op: 'var', path };
  const literal = (value: string | number | boolean): Expr => ({ op: 'lit', value });
  if (random.once(5)) return { op: 'has', path };
  switch (name) {
    case 'owner':
      return { op: random.pick(['eq', 'ne'] as const), args: [attribute, literal(random.pick<string | number>([...OWNERS, 1]))] };
    case 'level':
      return { op: random.pick(['lt', 'le', 'gt', 'ge', 'eq'] as const), args: [attribute, literal(random.between(-1, 3))] };
    case 'tags':
      return { op: 'in', args: [literal(random.pick(OWNERS)), attribute] };
    default:
      return attribute;
  }
}
