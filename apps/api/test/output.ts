import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Output } from '../src/http/output.ts';

/** Takes over what the server writes, in one of its two forms, until `end` gives it back. */
export function output(form: 'text' | 'json'): { end: () => string } {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  Logger.overrideLogger(new Output(form));
  return {
    end: () => {
      const text = write.mock.calls.map(([chunk]) => String(chunk)).join('');
      write.mockRestore();
      Logger.overrideLogger(new Output());
      return text;
    },
  };
}
