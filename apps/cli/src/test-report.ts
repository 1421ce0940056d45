import { type DecisionPath, type DecisionReason, type EvaluationRequest, userKey } from '@licet/contract';
import type { TestResult } from '@licet/policy';
import { paint, plain, type Terminal } from './terminal.ts';

const REASONS: Partial<Record<DecisionReason, string>> = {
  no_matching_grant: 'no role of the subject has a grant on this that applies',
  unknown_subject: 'the subject is not a registered user, and nothing that applies is granted to `anyone`',
  disabled_subject: 'the user is disabled',
  unknown_resource_type: 'this file has no such resource type',
  unknown_action: 'the resource type has no such action in this file',
  unknown_tenant: 'this file has no such tenant',
  invalid_request: 'the question is not a valid request',
};

/** Writes one line for a test that passed, and for one that failed also what was asked, expected, answered, and why. */
export function resultText(result: TestResult, terminal: Terminal): string {
  const { passed, name } = result;
  if (passed) return `  ${paint(terminal, 'green', '✓')} ${plain(name)}\n`;
  const lines = [
    ['asked', question(result.request)],
    ...(result.request.context ? [['context', JSON.stringify(result.request.context)]] : []),
    ['at', new Date(result.now).toISOString()],
    ['expected', outcome(result.expected)],
    ['got', outcome(result.decision)],
    ...reasons(result).map((reason) => ['why', reason]),
  ].map(([label, content]) => `      ${`${label!}:`.padEnd(10)}${plain(content!)}\n`);
  return `  ${paint(terminal, 'red', `✗ ${plain(name)}`)}\n${lines.join('')}`;
}

function question({ subject, action, resource }: EvaluationRequest): string {
  const properties = (of: { properties?: object | undefined }) => (of.properties ? ` ${JSON.stringify(of.properties)}` : '');
  return `${userKey(subject.type, subject.id)}${properties(subject)} ${action.name} ${resource.type}:${resource.id}${properties(resource)}`;
}

const outcome = ({ decision, reason }: { decision: boolean; reason?: DecisionReason | undefined }): string =>
  `${decision ? 'allow' : 'deny'}${reason ? ` (${reason})` : ''}`;

function reasons({ decision: { reason, path, errors } }: TestResult): string[] {
  const determined = path ? pathText(path) : (REASONS[reason] ?? reason);
  return [
    determined,
    ...errors.map(({ condition, error, at }) => `the condition \`${condition}\` could not be evaluated: ${error} at ${at}`),
  ];
}

function pathText({ assignment, roles, effect, permission, condition }: DecisionPath): string {
  return `${assignment} -> ${roles.join(' -> ')} -> ${effect} ${permission}${condition === null ? '' : ` when ${condition}`}`;
}
