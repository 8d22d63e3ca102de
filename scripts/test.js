import { exitWith, root, setup } from './setup.js';
import { runTests } from './test/run-tests.js';

/**
 * `npm test`: gets this machine ready, then linter, type check and all tests. `npm test -- unit` or `npm test -- PATH`
 * runs a part of the tests alone.
 */
try {
  const kafka = process.env.LONGWIRE_REQUIRE_KAFKA === '1' ? 'needed' : 'wanted';
  const chromium = process.env.LONGWIRE_REQUIRE_BROWSER === '1' ? 'needed' : 'wanted';
  const node = await setup({ kafka, chromium });
  process.exit(await runTests(node, root, process.argv.slice(2)));
} catch (error) {
  exitWith(error);
}
