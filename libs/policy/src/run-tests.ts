import {
  type Decision,
  DecisionReason,
  type ErrorItem,
  type EvaluationRequest,
  LicetError,
  parseUserKey,
  type PolicyFile,
} from '@licet/contract';
import { createSnapshot, decide } from '@licet/engine';
import { resolvePolicyFile, resolveUser } from './resolve-policy-file.ts';
import { toSnapshotDocument } from './to-snapshot-document.ts';

type FileTest = NonNullable<PolicyFile['tests']>[number];

/** What a test of a policy file asked, expected and got. */
export interface TestResult {
  name: string;
  passed: boolean;
  request: EvaluationRequest;
  /** Milliseconds since the epoch. */
  now: number;
  expected: { decision: boolean; reason?: DecisionReason | undefined };
  decision: Decision;
}

/**
 * Runs the `tests` of a policy file on the engine, without an installation.
 *
 * A subject written as a name is a registered user: one of the file's `users`, else a user without attributes. A subject written in
 * full, `{ type: user, id: mallory }`, is known only if the file names it. `reason`, where a test has it, must be the reason of the
 * decision.
 * @param now the time of tests that give none, in milliseconds since the epoch
 * @returns a result for each test, in the order of the file
 * @throws LicetError `invalid_policy` if the file does not resolve (see resolvePolicyFile), or a test expects a reason that there is not
 */
export function runTests(file: PolicyFile, now: number): TestResult[] {
  const tests = file.tests ?? [];
  refuseUnknownReasons(tests);
  const subjects = tests.flatMap(({ ask }) => (typeof ask.subject === 'string' ? resolveUser(file, ask.subject) : []));
  const snapshot = createSnapshot(toSnapshotDocument(resolvePolicyFile(file), 1, subjects));
  return tests.map((test) => {
    const request = requestOf(file, test);
    const at = test.ask.now === undefined ? now : Date.parse(test.ask.now);
    const decision = decide(snapshot, request, at);
    const expected = { decision: test.expect === 'allow', reason: test.reason as DecisionReason | undefined };
    const passed = decision.decision === expected.decision && (expected.reason === undefined || decision.reason === expected.reason);
    return { name: test.name, passed, request, now: at, expected, decision };
  });
}

function refuseUnknownReasons(tests: FileTest[]): void {
  const errors: ErrorItem[] = [];
  for (const [index, { reason }] of tests.entries()) {
    if (reason === undefined || DecisionReason.safeParse(reason).success) continue;
    errors.push({
      path: `tests[${index}].reason`,
      message: `\`${reason}\` is no reason of a decision; use one of ${DecisionReason.options.join(', ')}`,
    });
  }
  if (errors.length > 0) throw new LicetError('invalid_policy', 'a test expects a reason that there is not', { errors });
}

function requestOf(file: PolicyFile, { ask }: FileTest): EvaluationRequest {
  const { subject, action, resource, context } = ask;
  return {
    subject: typeof subject === 'string' ? parseUserKey(resolveUser(file, subject)) : subject,
    action: typeof action === 'string' ? { name: action } : action,
    resource,
    ...(context ? { context } : {}),
  };
}
