import type { EvaluationRequest } from '@licet/contract';
import { ConfigError } from './errors.ts';
import type { Answer } from './remote.ts';

/** So many permissions are named at most: where they come from outside they have no end. */
const MOST = 100;

/** Says once of each permission that the policy does not have it: its name is misspelt, or nobody declared it yet. */
export class UndeclaredPermissions {
  private readonly said = new Set<string>();
  private readonly say: (error: Error) => void;

  constructor(say: (error: Error) => void) {
    this.say = say;
  }

  /** Looks at an answer, and the question to it. */
  look({ reason }: Answer, { resource, action }: EvaluationRequest): void {
    if (reason !== 'unknown_action' && reason !== 'unknown_resource_type') return;
    const permission = `${resource.type}:${action.name}`;
    if (this.said.has(permission) || this.said.size >= MOST) return;
    this.said.add(permission);
    this.say(new ConfigError(`the policy has no permission \`${permission}\`, so it is denied: declare it, or mend its name in the code`));
  }
}
