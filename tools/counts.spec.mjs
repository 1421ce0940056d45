import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromJest, fromJunit, fromNodeTest, fromPlaywright } from './counts.mjs';

test('Jest summaries of several projects add up', () => {
  const output = 'Tests:       12 passed, 12 total\nTime: 1 s\nTests:       1 failed, 2 skipped, 1 todo, 30 passed, 34 total\n';
  assert.deepEqual(fromJest(output), { projects: 2, counts: { passed: 42, failed: 1, skipped: 3 } });
});

test('a line about tests that is no summary does not count', () => {
  assert.deepEqual(fromJest('Tests: none\nTest Suites: 2 passed, 2 total\n').projects, 0);
});

test('the summary of node:test', () => {
  assert.deepEqual(fromNodeTest('# tests 5\n# pass 3\n# fail 1\n# skipped 1\n# todo 0\n'), { passed: 3, failed: 1, skipped: 1 });
  assert.deepEqual(fromNodeTest('ℹ tests 5\nℹ pass 5\nℹ fail 0\n'), { passed: 5, failed: 0, skipped: 0 });
});

test('a junit report: errors are failures', () => {
  const xml = '<testsuites name="all" tests="1"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="0.1">';
  assert.deepEqual(fromJunit(xml), { passed: 4, failed: 3, skipped: 3 });
});

test('a story that passed on a second try has failed', () => {
  assert.deepEqual(fromPlaywright('{"stats":{"expected":4,"unexpected":1,"flaky":1,"skipped":2}}'), { passed: 4, failed: 2, skipped: 2 });
});
