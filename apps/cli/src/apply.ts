import { ApplyResponse, type PolicyFile } from '@licet/contract';
import { resolvePolicyFile } from '@licet/policy';
import { Client } from './client.ts';
import { Failure, USAGE } from './failure.ts';
import { planText } from './plan.ts';
import { inFile, readPolicy } from './read-policy.ts';
import { paint, type Terminal } from './terminal.ts';

export interface ApplyOptions {
  url?: string | undefined;
  dryRun?: boolean;
  yes?: boolean;
  prune?: boolean;
  reason?: string;
}

/** Makes an installation equal to a policy file: shows the plan, asks, applies it as one change. */
export async function apply(path: string, options: ApplyOptions, terminal: Terminal): Promise<void> {
  const { dryRun = false, yes = false, prune = false, reason = '' } = options;
  if (!dryRun && !yes && !terminal.confirm) {
    throw new Failure('nobody is here to confirm; pass --yes to apply without asking, or --dry-run to see what would change', {
      exitCode: USAGE,
    });
  }
  const client = new Client(options.url, terminal.env);
  const file = await readPolicy(path);
  // What the file alone can show to be wrong is said with its place in the file, before anything is sent.
  inFile(path, () => resolvePolicyFile(file));
  const send = (asDryRun: boolean) =>
    client.post('/api/v1/policy/apply', requestBody(file, { reason, prune, dryRun: asDryRun }), ApplyResponse);

  const plan = await send(true);
  if (plan.ops.length === 0) return terminal.out(`nothing to change; the installation equals the file at revision ${plan.revision}\n`);
  const planned = planText(plan.ops, terminal);
  terminal.out(planned);
  if (dryRun) return;
  if (!yes && !(await terminal.confirm!(`Apply this to ${client.url.href}?`))) throw new Failure('nothing was changed');

  const done = await send(false);
  const changed = planText(done.ops, terminal);
  if (changed !== planned)
    terminal.out(`\n${paint(terminal, 'yellow', 'Somebody changed the policy meanwhile. This is what was applied:')}\n${changed}`);
  terminal.out(done.applied ? `applied as revision ${done.revision}\n` : `nothing was left to change at revision ${done.revision}\n`);
}

const requestBody = (file: PolicyFile, options: { reason: string; prune: boolean; dryRun: boolean }) => ({ file, ...options });
