import { ApplyResponse } from '@licet/contract';
import { resolvePolicyFile } from '@licet/policy';
import { Client } from './client.ts';
import { Failure, USAGE } from './failure.ts';
import { planText } from './plan.ts';
import { inFile, readPolicy } from './read-policy.ts';
import { paint, type Terminal } from './terminal.ts';

/** How often a plan is made where others change the policy before it is applied. */
const ATTEMPTS = 10;

export interface ApplyOptions {
  url?: string | undefined;
  dryRun?: boolean;
  yes?: boolean;
  prune?: boolean;
  reason?: string;
}

/** Makes an installation equal to a policy file: shows the plan, asks, applies it as one change, and nothing but that. */
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
  const send = (more: { dryRun: boolean; revision?: number }) =>
    client.post('/api/v1/policy/apply', { file, reason, prune, ...more }, ApplyResponse);

  let shown: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const plan = await send({ dryRun: true });
    if (plan.ops.length === 0) return terminal.out(`nothing to change; the installation equals the file at revision ${plan.revision}\n`);
    const planned = planText(plan.ops, terminal);
    // Another revision often leaves the plan as it was: who confirmed it is not asked again.
    if (planned !== shown) {
      if (shown !== undefined)
        terminal.out(`\n${paint(terminal, 'yellow', 'Somebody changed the policy meanwhile. This is the plan now:')}\n`);
      terminal.out(planned);
      if (dryRun) return;
      if (!yes && !(await terminal.confirm!(`Apply this to ${client.url.href}?`))) throw new Failure('nothing was changed');
      shown = planned;
    }
    const done = await send({ dryRun: false, revision: plan.revision }).catch(unlessChanged);
    if (done) return terminal.out(`applied as revision ${done.revision}\n`);
  }
  throw new Failure(`nothing was changed: others changed the policy after each of ${ATTEMPTS} plans; try again in a quieter moment`);
}

function unlessChanged(error: unknown): undefined {
  if (!(error instanceof Failure && error.code === 'version_mismatch')) throw error;
}
