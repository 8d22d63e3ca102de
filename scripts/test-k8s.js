import { parseArgs } from 'node:util';
import { SetupError } from './setup/progress.js';
import { runWithNode } from './setup/run-with-node.js';
import { installSystemPackages } from './setup/system-packages.js';
import { exitWith, root, setup } from './setup.js';
import { runTests } from './test/run-tests.js';

/**
 * `npm run test:k8s`: the end-to-end suites against the current kubectl context, whose nodes have the images of the line "push".
 * `-- --context NAME` names another one, and is needed for one that looks like production; `-- --own-cluster` starts a cluster
 * of one node for it (root, Debian 12). What follows goes to the test runner.
 */
try {
  const { values, positionals } = parseArgs({
    options: { context: { type: 'string' }, 'own-cluster': { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.context !== undefined && values['own-cluster']) {
    throw new SetupError('--context names a cluster that is there, --own-cluster starts one: not both');
  }
  const own = values['own-cluster'];
  const node = await setup({ kafka: 'needed', containers: own ? 'needed' : 'none' });
  if (values.context !== undefined) process.env.LONGWIRE_K8S_CONTEXT = values.context;
  if (own) {
    await installSystemPackages(['etcd', 'dnsmasq', 'go119']);
    const again = [process.execPath, 'scripts/test-k8s.js', ...positionals];
    process.exit(await runWithNode(node, ['test/rigs/cluster/main.ts', ...again], { cwd: root }));
  }
  process.exit(await runTests(node, root, ['cluster', ...positionals]));
} catch (error) {
  exitWith(error);
}
