import { randomBytes } from 'node:crypto';
import { SetupError } from './setup/progress.js';
import { runWithNode } from './setup/run-with-node.js';
import { installSystemPackages } from './setup/system-packages.js';
import { exitWith, root, setup } from './setup.js';
import { runTests } from './test/run-tests.js';

/**
 * `npm run test:k8s`: the end-to-end suites against the current kubectl context, whose nodes have the images of the line "push".
 * `-- --context NAME` names another one, and is needed for one that looks like production; `-- --own-cluster` starts a cluster
 * of one node for it, a current Kubernetes (root, Debian 12, Go). What follows goes to the test runner.
 */
try {
  const rest = process.argv.slice(2);
  const own = taken(rest, '--own-cluster', 0) !== undefined;
  const [context] = taken(rest, '--context', 1) ?? [];
  if (context !== undefined && own) {
    throw new SetupError('--context names a cluster that is there, --own-cluster starts one: not both');
  }
  const node = await setup({ kafka: 'needed', containers: own ? 'needed' : 'none' });
  if (context !== undefined) process.env.LONGWIRE_K8S_CONTEXT = context;
  if (own) {
    await installSystemPackages(['etcd', 'containerd', 'netfilter', 'go', 'htpasswd']);
    const again = [process.execPath, 'scripts/test-k8s.js', ...rest];
    process.exit(await runWithNode(node, ['test/rigs/cluster/main.ts', ...again], { cwd: root }));
  }
  // A node's pods start beside the tests, and beside whatever else the machine does.
  process.env.LONGWIRE_TEST_PATIENCE ??= '4';
  const namespace = `longwire-test-${randomBytes(4).toString('hex')}`;
  process.env.LONGWIRE_K8S_NAMESPACE = namespace;
  const code = await runTests(node, root, ['cluster', ...rest]);
  // A run that was ended removes nothing itself; after one that failed there may be something left as well.
  if (code !== 0) await runWithNode(node, ['test/rigs/kubernetes/remove.ts', namespace], { cwd: root });
  process.exit(code);
} catch (error) {
  exitWith(error);
}

/** Takes an option with its values out of the arguments; undefined if it isn't there. */
function taken(args, name, values) {
  const at = args.indexOf(name);
  if (at < 0) return undefined;
  const [, ...found] = args.splice(at, 1 + values);
  if (found.length < values) throw new SetupError(`${name} needs a value`);
  return found;
}
