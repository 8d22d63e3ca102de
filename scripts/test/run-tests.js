import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, runStep, say } from '../setup/progress.js';
import { runWithNode } from '../setup/run-with-node.js';
import { countReport } from './count-report.js';
import { countSurefire, surefireFolders } from './count-surefire.js';

/** `npm test` runs these. */
const everyday = ['unit', 'contract', 'integration', 'e2e', 'compat', 'browser'];
/**
 * And those only when they are asked for: they build images or Helm, which takes minutes, and need root; or they need a cluster. Where an
 * engine of containers is required, as in CI, `npm test` runs the images, and the tests of two stores of images.
 */
const projects = [...everyday, 'images', 'stores', 'containers', 'cluster', 'helm', 'browser-long'];
/** Not all stores: CI is to take no longer than it must, and a Redis 7 is among the everyday tests anyhow. */
const withEngine = ['images', 'stores-mysql-8.4', 'stores-redis-8'];
/** `stores` is a project for each store. */
const selected = (name) => ['--project', name === 'stores' ? 'stores-*' : name];
const javaSdk = 'sdk-android';
const mavenLimitMs = 1_200_000;
/** Set in every process of a test run; its value is the folder in which all of them keep what they write. */
const runVariable = 'LONGWIRE_TEST_RUN';

/**
 * Without arguments: linter, type check and all everyday tests, with a summary. With arguments: those tests alone, where a
 * project's name selects the project and everything else goes to vitest as it is.
 *
 * @param {string} node path of the binary that runs the project
 * @param {string} root
 * @param {string[]} args
 * @returns {Promise<number>} exit code: 0 if everything passed
 */
export async function runTests(node, root, args) {
  if (args.length === 0) return runEverything(node, root);
  return runVitest(
    node,
    root,
    args.flatMap((arg) => (projects.includes(arg) || arg.startsWith('stores-') ? selected(arg) : [arg])),
  );
}

async function runEverything(node, root) {
  const wanted = process.env.LONGWIRE_REQUIRE_CONTAINERS === '1' ? [...everyday, ...withEngine] : everyday;
  const report = join(root, '.cache/test-report.json');
  rmSync(report, { force: true });
  for (const folder of surefireFolders(join(root, javaSdk))) rmSync(folder, { recursive: true });
  const reporters = [
    '--reporter=default',
    `--reporter=${join(root, 'scripts/test/skip-reasons.ts')}`,
    ...['--reporter=json', `--outputFile.json=${report}`],
  ];
  const steps = {
    lint: () => runWithNode(node, [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check'], { cwd: root }),
    typecheck: () => runWithNode(node, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: root }),
    'Java SDK': () => runMaven(root),
    tests: () => runVitest(node, root, [...wanted.flatMap(selected), ...reporters]),
  };
  const failed = [];
  for (const [name, run] of Object.entries(steps)) {
    process.stdout.write(`\nlongwire: ${name} …\n`);
    const code = await run();
    // A signal ends the whole run.
    if (code > 128) return code;
    if (code !== 0) failed.push(name);
  }
  const counted = existsSync(report)
    ? withSurefire(countReport(report), countSurefire(join(root, javaSdk)))
    : undefined;
  process.stdout.write(`\nlongwire: ${summary(failed, counted)}\n`);
  return failed.length === 0 && counted?.failed === 0 && counted.passed > 0 ? 0 : 1;
}

/** Builds the Java SDK and runs its tests, where there are a Java compiler and Maven. */
async function runMaven(root) {
  const required = process.env.LONGWIRE_REQUIRE_JAVA === '1';
  for (const [command, flag] of [
    ['javac', '-version'],
    ['mvn', '--version'],
  ]) {
    if ((await capture(command, [flag])).ok) continue;
    say(`the Java SDK is left out: ${command} can not be run; it needs a JDK 17 or newer and Maven`);
    return required ? 1 : 0;
  }
  const args = ['-B', '-f', join(root, javaSdk, 'pom.xml'), 'verify'];
  const { ok, output } = await runStep({
    what: 'mvn verify',
    command: 'mvn',
    args,
    cwd: root,
    timeoutMs: mavenLimitMs,
  });
  if (!ok) process.stdout.write(`${output}\n`);
  return ok ? 0 : 1;
}

function withSurefire(vitest, surefire) {
  return {
    passed: vitest.passed + surefire.passed,
    failed: vitest.failed + surefire.failed,
    skipped: [...vitest.skipped, ...surefire.skipped],
  };
}

/** Whatever becomes of vitest, no server that a test started outlives this. */
async function runVitest(node, root, args) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'longwire-test-')));
  const env = { ...process.env, TMPDIR: dir, [runVariable]: dir };
  try {
    return await runWithNode(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args], { cwd: root, env });
  } finally {
    await runWithNode(node, [join(root, 'scripts/test/end-leftovers.ts'), dir, runVariable], { cwd: root });
  }
}

function summary(failed, counted) {
  const tests = counted
    ? `${counted.passed} tests passed, ${counted.failed} failed, ${counted.skipped.length} skipped`
    : 'no tests were run';
  return failed.length === 0 ? `${tests}; lint and types are clean` : `${tests}; failed: ${failed.join(', ')}`;
}
