import type { LoggerService } from '@nestjs/common';

type Level = 'info' | 'warn' | 'error';

const MOST_CHARACTERS = 8_000;
/** What a terminal, or whoever reads line by line, would take for more than text: control characters, and those that turn text around. */
// eslint-disable-next-line no-control-regex -- finding control characters is the purpose
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

let form: 'text' | 'json' = 'text';

/**
 * One line of the server's output, with `LICET_LOG=json`: a JSON object with time, level and source, so that nothing that came from
 * outside can be taken for a line of its own. Without that it is for the eyes at a terminal, and only messages are written.
 */
export function writeLine(level: Level, source: string, more: object, at = new Date()): void {
  const stream = level === 'error' ? process.stderr : process.stdout;
  if (form === 'json') stream.write(`${JSON.stringify({ time: at.toISOString(), level, source, ...more })}\n`);
  else if ('message' in more) stream.write(`${at.toISOString()} ${level} ${source}: ${asText(String(more.message))}\n`);
}

/** A record that is kept elsewhere, as the API gives it, for what collects the output. */
export function writeRecord(source: 'audit' | 'decisions', entry: object): void {
  writeLine('info', source, { entry });
}

/** What the server itself says of its start and its stop: at a terminal, to whoever has started it. */
export function say(message: string): void {
  if (form === 'json') writeLine('info', 'licet', { message });
  else process.stdout.write(`${message}\n`);
}

/** What follows the first line is marked, so that no text can begin a line of its own. */
const asText = (message: string) =>
  message.replace(CONTROL, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).replaceAll('\n', '\n  | ');

/** Takes what Nest and the services log, in the form that is set. */
export class Output implements LoggerService {
  constructor(chosen: 'text' | 'json' = 'text') {
    form = chosen;
  }

  readonly error = (message: unknown, ...rest: unknown[]) => this.#say('error', message, rest);
  readonly fatal = this.error;
  readonly warn = (message: unknown, ...rest: unknown[]) => this.#say('warn', message, rest);

  /** What Nest says about its own start is of use to nobody here. */
  readonly log = () => undefined;

  #say(level: Level, message: unknown, rest: unknown[]): void {
    const source = rest.length > 0 ? String(rest.at(-1)) : 'licet';
    const text = message instanceof Error ? (message.stack ?? message.message) : String(message);
    writeLine(level, source, { message: text.slice(0, MOST_CHARACTERS) });
  }
}
