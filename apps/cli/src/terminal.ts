import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

/** Where a command reads and writes; tests bring their own. */
export interface Terminal {
  out: (text: string) => void;
  err: (text: string) => void;
  env: NodeJS.ProcessEnv;
  color: boolean;
  /** Asks a question that `y` answers; absent where nobody is there to answer. */
  confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    env,
    color: Boolean(stdout.isTTY) && !env['NO_COLOR'],
    confirm: stdin.isTTY && stdout.isTTY ? ask : undefined,
  };
}

async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

type Color = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

/** Colours text where the terminal has colours. */
export function paint({ color }: Terminal, style: Color, text: string): string {
  return color ? styleText(style, text, { validateStream: false }) : text;
}

/** Text from elsewhere without the characters that would steer a terminal. */
export function plain(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
