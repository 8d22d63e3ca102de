import { type Check, fault, fine } from '../finding.ts';

const leastMajor = 26;

export const nodeVersion: Check = {
  name: 'node',
  run({ machine: { node } }) {
    if (Number(/^v?(\d+)/.exec(node)?.[1]) >= leastMajor) return [fine('Node', node)];
    const means = 'Roles run TypeScript as it is, and use what older versions lack: they end at their start.';
    return [
      fault(
        'wrong',
        'Node',
        `is ${node}, older than ${leastMajor}`,
        means,
        'Run with node_modules/.bin/node, which npm ci fetches.',
      ),
    ];
  },
};
