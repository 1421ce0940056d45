import { parseArgs } from 'node:util';
import { benchEngine } from './engine.ts';
import { benchEndpoint } from './endpoint.ts';
import { benchPropagation } from './propagation.ts';
import { publish, type Report } from './report.ts';

const USAGE = `npm run bench -- <command> [--json FILE] [--runs N] [--seconds S] [--edits N]

  engine       checks in this process, against a bare layout
  endpoint     the decision endpoint of a real api process, against a bare node:http server that answers the same bytes
  propagation  from the edit of a role to the changed answer in an application`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    runs: { type: 'string', default: '7' },
    seconds: { type: 'string' },
    edits: { type: 'string', default: '200' },
    help: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const COMMANDS: Record<string, () => Promise<Report>> = {
  engine: () => benchEngine({ runs, seconds: Number(values.seconds ?? 0.5) }),
  endpoint: () => benchEndpoint({ runs, seconds: Number(values.seconds ?? 3) }),
  propagation: () => benchPropagation({ edits: Number(values.edits) }),
};
const command = COMMANDS[positionals[0] ?? ''];
if (values.help || command === undefined) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  await publish(await command(), values.json);
}
