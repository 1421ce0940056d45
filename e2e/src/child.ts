import { spawn, type ChildProcess } from 'node:child_process';

const START_MS = 30_000;
const STOP_MS = 10_000;
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

interface Start {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  /** What the program prints when it is ready; its first group is kept as `ready`. */
  ready: RegExp;
}

/** A program that runs beside the story. */
export class Child {
  output = '';
  ready = '';
  private readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly name: string;

  private constructor({ name, command, args, env, cwd }: Start) {
    this.name = name;
    this.child = spawn(command, args, {
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd ? { cwd } : {}),
    });
    running.add(this.child);
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => {
        running.delete(this.child);
        resolve(code);
      });
    });
  }

  /** Starts a program and waits until it says that it is ready. */
  static async start(options: Start): Promise<Child> {
    const program = new Child(options);
    const said = new Promise<void>((resolve) => {
      const read = (chunk: Buffer) => {
        program.output += chunk.toString('utf8');
        const found = options.ready.exec(program.output);
        if (!found) return;
        program.ready = found[1] ?? '';
        resolve();
      };
      program.child.stdout?.on('data', read);
      program.child.stderr?.on('data', read);
    });
    const failed = program.ended.then((code) => {
      throw new Error(`${options.name} ended with code ${code} before it was ready:\n${program.output}`);
    });
    await within(START_MS, Promise.race([said, failed]), () => `${options.name} was not ready in time:\n${program.output}`);
    return program;
  }

  /** Asks the program to stop, and waits until it has. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await within(STOP_MS, this.ended, () => `${this.name} did not stop when asked to:\n${this.output}`);
  }
}

async function within<T>(ms: number, promise: Promise<T>, words: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(words())), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The environment without settings of a Licet that whoever runs the stories may have at work. */
function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LICET_') && name !== 'FORCE_COLOR'));
}
