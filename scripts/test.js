import { exitWith, root, setup } from './setup.js';
import { runTests } from './test/run-tests.js';

/**
 * `npm test`: gets this machine ready, then linter, type check and all tests. `npm test -- unit` or `npm test -- PATH`
 * runs a part of the tests alone.
 */
try {
  const wantOf = (variable) => (process.env[variable] === '1' ? 'needed' : 'wanted');
  const kafka = wantOf('LONGWIRE_REQUIRE_KAFKA');
  const javac = wantOf('LONGWIRE_REQUIRE_JAVA');
  const chromium = wantOf('LONGWIRE_REQUIRE_BROWSER');
  const prometheus = wantOf('LONGWIRE_REQUIRE_PROMETHEUS');
  const args = process.argv.slice(2);
  const engine = wantOf('LONGWIRE_REQUIRE_CONTAINERS');
  const asked = args.length === 0 ? engine === 'needed' : args.some((arg) => /containers|images|stores/.test(arg));
  const containers = asked ? engine : 'none';
  const node = await setup({ kafka, javac, chromium, prometheus, containers });
  process.exit(await runTests(node, root, args));
} catch (error) {
  exitWith(error);
}
