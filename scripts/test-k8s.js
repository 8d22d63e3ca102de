import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { capture, SetupError } from './setup/progress.js';
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
  const namespace = `longwire-test-${randomBytes(4).toString('hex')}`;
  process.env.LONGWIRE_K8S_NAMESPACE = namespace;
  const code = await runTests(node, root, ['cluster', ...positionals]);
  // A run that was ended removes nothing itself; after one that ended by itself this finds nothing.
  const context = values.context === undefined ? [] : ['--context', values.context];
  const left = ['delete', 'namespaces,priorityclasses', '-l', `longwire.test/run=${namespace}`];
  const { ok, output } = await capture('kubectl', [...context, ...left], { timeoutMs: 300_000 });
  if (!ok) throw new SetupError(`namespace ${namespace} may be left: ${output.trim()}`);
  process.exit(code);
} catch (error) {
  exitWith(error);
}
