import { resolvePolicyFile, reviewPolicy, runTests } from '@licet/policy';
import { FAILED, report } from './failure.ts';
import { inFile, readPolicy } from './read-policy.ts';
import { paint, plain, type Terminal } from './terminal.ts';
import { resultText } from './test-report.ts';

/** Runs the tests of policy files, without an installation. Gives the exit code. */
export async function testFiles(paths: string[], terminal: Terminal): Promise<number> {
  let [run, failed, broken] = [0, 0, 0];
  for (const path of paths) {
    try {
      const results = await testFile(path, terminal);
      run += results.length;
      failed += results.filter(({ passed }) => !passed).length;
    } catch (error) {
      report(error, terminal);
      broken++;
    }
  }
  const files = broken === 0 ? '' : `; ${broken} of ${paths.length} files could not be run`;
  const summary = `${run} ${run === 1 ? 'test' : 'tests'}, ${failed} failed${files}`;
  terminal.out(`${paint(terminal, failed + broken > 0 ? 'red' : 'green', summary)}\n`);
  return failed + broken > 0 ? FAILED : 0;
}

async function testFile(path: string, terminal: Terminal) {
  const file = await readPolicy(path);
  const results = inFile(path, () => runTests(file, Date.now()));
  terminal.out(`${paint(terminal, 'bold', path)}\n`);
  for (const { path: member, message } of reviewPolicy(resolvePolicyFile(file))) {
    terminal.out(`  ${paint(terminal, 'yellow', 'note')} ${plain(member)}: ${plain(message)}\n`);
  }
  for (const result of results) terminal.out(resultText(result, terminal));
  if (results.length === 0) terminal.out('  no tests in this file\n');
  return results;
}
