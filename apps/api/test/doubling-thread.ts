import { answerAll } from '../src/database/thread.ts';

/** Doubles numbers, and is lost where it is told to stop. */
answerAll<number | 'stop', number>(
  (question) => {
    if (question === 'stop') process.exit(1);
    if (question < 0) throw Object.assign(new RangeError(`${question} is below zero`), { code: 'BELOW_ZERO' });
    return question * 2;
  },
  () => undefined,
);
