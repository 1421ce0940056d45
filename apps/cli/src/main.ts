import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { apply, type ApplyOptions } from './apply.ts';
import { exportPolicy } from './export.ts';
import { report, USAGE } from './failure.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { testFiles } from './test.ts';

const ENVIRONMENT = `
Environment:
  LICET_URL      where Licet is (default: http://localhost:4000); --url says it for one call
  LICET_API_KEY  the API key to use; make one in the console under Apps & keys
  NO_COLOR       set to anything for output without colours
`;

/**
 * Runs one command.
 * @param argv the words after `licet`
 * @returns the exit code: 0 done, 1 failed, 2 written wrongly
 */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  let exitCode = 0;
  try {
    await program(terminal, (code) => (exitCode = code)).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    return report(error, terminal);
  }
}

function program(terminal: Terminal, end: (exitCode: number) => void): Command {
  const licet = new Command('licet')
    .description('Brings a policy file into a Licet, writes one from it, and runs its tests.')
    .version((JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version)
    .option('--url <url>', 'where Licet is')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .addHelpText('after', ENVIRONMENT);

  licet
    .command('apply')
    .description('make the installation equal to a policy file, for what the file names')
    .argument('<file>', 'a policy file, YAML or JSON')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--yes', 'do not ask before applying')
    .option('--prune', "also delete what the file's sections do not name")
    .option('--reason <text>', 'why; it goes into the audit trail')
    .action((file: string, _: unknown, command: Command) => apply(file, command.optsWithGlobals<ApplyOptions>(), terminal));

  licet
    .command('export')
    .description('write the policy of the installation as a policy file')
    .option('-o, --output <file>', 'write to this file instead of the terminal')
    .action((_: unknown, command: Command) => exportPolicy(command.optsWithGlobals<{ url?: string; output?: string }>(), terminal));

  licet
    .command('test')
    .description('run the tests of policy files on this machine, without an installation')
    .argument('<file...>', 'policy files')
    .action(async (files: string[]) => end(await testFiles(files, terminal)));
  return licet;
}
