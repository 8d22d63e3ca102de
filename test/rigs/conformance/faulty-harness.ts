import { runHarness } from '../../../conformance/harness/typescript.ts';
import { clientFaults } from './client-faults.ts';

/** The TypeScript SDK's harness with one fault, which is named on the command line. */
const name = process.argv[2] ?? '';
const fault = clientFaults[name];
if (fault === undefined) throw new Error(`${name}: is no fault`);
runHarness(name, fault.change);
