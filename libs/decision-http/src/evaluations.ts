import { EvaluationsSemantic, type Action, type Attributes, type ErrorItem, type EvaluationRequest, type Subject } from '@licet/contract';
import { decisionText, invalid, itemErrorText } from './answers.ts';
import type { Asking } from './asking.ts';
import { evaluationOf, isObject, placeIn, readAction, readAttributes, readEntity, readEvaluation, refuse, wanted } from './read-request.ts';
import type { JsonObject } from './read-request.ts';

/** How many questions one batch may hold; the same bound as in the contract. */
export const MAX_ITEMS = 1000;

/**
 * Answers one question (AuthZEN 1.0, section 6).
 * @returns the body of the answer, JSON text
 * @throws LicetError `invalid_request`
 */
export function answerEvaluation(body: JsonObject, asking: Asking): string {
  const faults: ErrorItem[] = [];
  const question = readEvaluation(body, faults);
  const placed = question && placeIn(asking.tenant, question, '', faults);
  if (placed === undefined) throw invalid(faults);
  const { decision, grounds } = asking.decide(placed);
  return decisionText(decision, grounds);
}

/**
 * Answers many questions (AuthZEN 1.0, section 7). An item takes what it does not have from the top level, whole members at a time
 * (7.1.1). An item that is not valid is a denial of its own (7.2.1). Without items it is one question, answered as one (7.1).
 * @returns the body of the answer, JSON text; its array ends at the item that decided a short-circuit semantic (7.1.2.1)
 * @throws LicetError `invalid_request` for the request as a whole
 */
export function answerEvaluations(body: JsonObject, asking: Asking): string {
  const items = readItems(body['evaluations']);
  if (items.length === 0) return answerEvaluation(body, asking);
  const stopAt = readStop(body['options']);
  const defaults = new Defaults(body, asking.tenant);
  const answers: string[] = [];
  for (const [index, item] of items.entries()) {
    const question = defaults.complete(item, '', []);
    const decided = question === undefined ? undefined : asking.decide(question);
    const allowed = decided?.decision.decision ?? false;
    answers.push(decided ? decisionText(decided.decision, decided.grounds) : itemErrorText(defaults.faultsOf(item, index)));
    if (allowed === stopAt) break;
  }
  return `{"evaluations":[${answers.join(',')}]}`;
}

function readItems(value: unknown): JsonObject[] {
  if (value === undefined || value === null) return [];
  const faults: ErrorItem[] = [];
  if (!Array.isArray(value)) refuse(faults, 'evaluations', wanted('an array of objects', value));
  else if (value.length > MAX_ITEMS) refuse(faults, 'evaluations', `must have at most ${MAX_ITEMS} items, but has ${value.length}`);
  else value.forEach((item, index) => isObject(item) || refuse(faults, `evaluations[${index}]`, wanted('an object', item)));
  if (faults.length > 0) throw invalid(faults);
  return value as JsonObject[];
}

/** The decision after which no further item is answered; undefined: none. */
function readStop(options: unknown): boolean | undefined {
  if (options === undefined || options === null) return undefined;
  if (!isObject(options)) throw invalid([{ path: 'options', message: wanted('an object', options) }]);
  const semantic = options['evaluations_semantic'] ?? 'execute_all';
  const known = EvaluationsSemantic.options.find((option) => option === semantic);
  if (known === undefined) {
    const message = `must be one of ${EvaluationsSemantic.options.map((option) => `\`${option}\``).join(', ')}`;
    throw invalid([{ path: 'options.evaluations_semantic', message }]);
  }
  return known === 'execute_all' ? undefined : known === 'permit_on_first_permit';
}

interface Read<T> {
  value: T | undefined;
  faults: ErrorItem[];
}
type Reader<T> = (value: unknown, path: string, faults: ErrorItem[]) => T | undefined;

/** The members at the top level. Each is read once, and only when an item needs it: one that nobody uses may be incomplete. */
class Defaults {
  private readonly body: JsonObject;
  private readonly tenant: string | undefined;
  private readonly read = new Map<string, Read<unknown>>();

  constructor(body: JsonObject, tenant: string | undefined) {
    this.body = body;
    this.tenant = tenant;
  }

  complete(item: JsonObject, prefix: string, faults: ErrorItem[]): EvaluationRequest | undefined {
    const subject = this.part<Subject>('subject', item, prefix, faults, readEntity);
    const action = this.part<Action>('action', item, prefix, faults, readAction);
    const resource = this.part<Subject>('resource', item, prefix, faults, readEntity);
    const context = this.part<Attributes>('context', item, prefix, faults, readAttributes);
    const question = faults.length === 0 ? evaluationOf(subject, action, resource, context) : undefined;
    return question && placeIn(this.tenant, question, prefix, faults);
  }

  /** Reads an item again that is not valid, to name its faults by its place in the batch: only a bad item pays for that. */
  faultsOf(item: JsonObject, index: number): ErrorItem[] {
    const faults: ErrorItem[] = [];
    this.complete(item, `evaluations[${index}].`, faults);
    return faults;
  }

  private part<T>(name: string, item: JsonObject, prefix: string, faults: ErrorItem[], reader: Reader<T>): T | undefined {
    const own = item[name];
    if (own !== undefined && own !== null) return reader(own, prefix + name, faults);
    let read = this.read.get(name) as Read<T> | undefined;
    if (read === undefined) {
      read = { value: undefined, faults: [] };
      read.value = reader(this.body[name], name, read.faults);
      this.read.set(name, read);
    }
    if (read.faults.length > 0) faults.push(...read.faults);
    return read.value;
  }
}
