import { chooseContext } from './context.ts';
import { removeLine } from './install.ts';
import { Kubectl } from './kubectl.ts';

/** Takes away what a run left that was ended before it could: `node test/rigs/kubernetes/remove.ts NAMESPACE` (Node 26). */
const [namespace] = process.argv.slice(2);
if (namespace === undefined) throw new Error('which namespace was it?');
await removeLine(new Kubectl(chooseContext(process.env['LONGWIRE_K8S_CONTEXT'])), namespace);
