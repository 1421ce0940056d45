// How many tests ran: read from what Jest, node:test, pytest and Playwright say at their end.

export const NONE = { passed: 0, failed: 0, skipped: 0 };

export function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * Jest's last lines, one summary for each project. Nx replays them from its cache, which a file of results would miss.
 * @returns `{ projects, counts }`
 */
export function fromJest(output) {
  const lines = output.match(/^.*\bTests: +.*\b\d+ total\b.*$/gm) ?? [];
  const counts = lines.map((line) => ({
    passed: number(line, /(\d+) passed/),
    failed: number(line, /(\d+) failed/),
    skipped: number(line, /(\d+) skipped/) + number(line, /(\d+) todo/),
  }));
  return { projects: lines.length, counts: counts.reduce(add, NONE) };
}

/** What `node --test` prints with its TAP or spec reporter. */
export function fromNodeTest(output) {
  const count = (word) => number(output, new RegExp(`^. ${word} (\\d+)$`, 'm'));
  return { passed: count('pass'), failed: count('fail'), skipped: count('skipped') + count('todo') };
}

/** pytest's `--junitxml` file: the attributes of its `<testsuite>`. */
export function fromJunit(xml) {
  const suite = /<testsuite\b[^>]*>/.exec(xml)?.[0] ?? '';
  const attribute = (name) => number(suite, new RegExp(` ${name}="(\\d+)"`));
  const failed = attribute('failures') + attribute('errors');
  const skipped = attribute('skipped');
  return { passed: attribute('tests') - failed - skipped, failed, skipped };
}

/** The `stats` of Playwright's JSON report. A test that passed only on a second try has failed. */
export function fromPlaywright(json) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = JSON.parse(json).stats ?? {};
  return { passed: expected, failed: unexpected + flaky, skipped };
}

function number(text, pattern) {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
