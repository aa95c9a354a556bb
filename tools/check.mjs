/**
 * All that must hold before a change lands: types, lint, layout, layer rules, dead code, then every test.
 * `npm test -- PATTERN…` hands the patterns to vitest. Closes with the count that CI reads.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scratch = mkdtempSync(join(tmpdir(), 'metadata-center-check-'));
const results = join(scratch, 'vitest.json');

const checks = [
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit'],
  ['lint', 'node_modules/oxlint/bin/oxlint', '--deny-warnings'],
  ['layout', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  ['layers', 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', 'apps', 'libs', 'test'],
  ['dead code', 'node_modules/knip/bin/knip.js', '--no-progress'],
];

function run(name, args, env = process.env) {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  return status === 0;
}

const failedChecks = checks.filter(([name, ...args]) => !run(name, args)).length;
const tested = run('tests', [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}`,
  ...process.argv.slice(2),
]);

let counts = { passed: 0, failed: tested ? 0 : 1, skipped: 0 };
try {
  const report = JSON.parse(readFileSync(results, 'utf8'));
  counts = { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
  if (!tested && counts.failed === 0) counts.failed = 1;
} catch (error) {
  console.error(`no test report: ${error.message}`);
}
rmSync(scratch, { recursive: true, force: true });

const passed = counts.passed + checks.length - failedChecks;
const failed = counts.failed + failedChecks;
console.log(`${passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);
