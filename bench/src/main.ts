import { parseArgs } from 'node:util';
import { benchDecisions } from './decisions.ts';
import { writeDocument } from './document.ts';
import { benchEngine } from './engine.ts';
import { benchEndpoint } from './endpoint.ts';
import { benchFlask } from './flask.ts';
import { benchInstallation } from './installation.ts';
import { benchPropagation } from './propagation.ts';
import { benchPython } from './python.ts';
import { benchScale } from './scale.ts';
import { publish, type Report } from './report.ts';
import { benchSdks } from './sdks.ts';

const USAGE = `npm run bench -- <command> [--json FILE] [--runs N] [--seconds S] [--edits N] [--users N] [--write-docs]

  engine       checks in this process, against a bare layout
  endpoint     the decision endpoint of a real api process, against a bare node:http server that answers the same bytes
  propagation  from the edit of a role to the changed answer in an application
  python       checks of the Python SDK in its process, against casbin for Python
  sdks         a check by the SDKs for Node and Python, local and remote, against those of Cerbos with its PDP
  flask        a Flask route with @require, against the same route without it
  installation what an installation with very many users takes: to start, to edit, to look something up
  decisions    checks in process and over HTTP, against the libraries and servers that npm provides (also \`npm run bench:decisions\`)
  scale        what a check costs as the policy grows (also \`npm run bench:scale\`)

--write-docs writes what decisions, scale and installation measured into docs/benchmarks.md.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    runs: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
    seconds: { type: 'string' },
    edits: { type: 'string', default: '200' },
    users: { type: 'string', default: '20000' },
    help: { type: 'boolean', default: false },
  },
});
const runs = (usual: number) => Number(values.runs ?? usual);
const seconds = (usual: number) => Number(values.seconds ?? usual);
const COMMANDS: Record<string, () => Promise<Report>> = {
  engine: () => benchEngine({ runs: runs(7), seconds: seconds(0.5) }),
  endpoint: () => benchEndpoint({ runs: runs(7), seconds: seconds(3) }),
  python: () => benchPython({ runs: runs(5) }),
  propagation: () => benchPropagation({ edits: Number(values.edits) }),
  sdks: () => benchSdks({ runs: runs(5), seconds: seconds(0.5) }),
  flask: () => benchFlask({ runs: runs(7), seconds: seconds(2) }),
  installation: () => benchInstallation({ users: Number(values.users) }),
  decisions: () => benchDecisions({ runs: runs(5), seconds: seconds(0.5) }),
  scale: () => benchScale({ runs: runs(5), seconds: seconds(0.5) }),
};
const command = COMMANDS[positionals[0] ?? ''];
if (values.help || command === undefined) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const report = await command();
  await publish(report, values.json);
  if (values['write-docs']) await writeDocument(report);
}
