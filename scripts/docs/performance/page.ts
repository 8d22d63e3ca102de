import type { PushResult, Result } from '../../../bench/result-file/schemas.ts';
import { conditionsLine } from './conditions.ts';
import { broadcastTable, connectionsTable, flatnessTable, pushTable, scalingTable } from './tables.ts';

/** Results by their file's name without its ending. */
export type Results = Map<string, Result>;

const block = /<!-- results (push|connections|broadcast|flatness|scaling) -->\n.*?<!-- end -->/gs;
const benches: Record<Result['kind'], string> = {
  push: 'bench/push-cost.ts',
  connections: 'bench/connections.ts',
  broadcast: 'bench/broadcast-cost.ts',
  flatness: 'bench/flatness.ts',
  scaling: 'bench/scaling.ts',
};

/** docs/performance.md with its tables made anew of the results; the rest is written by hand. */
export function performancePage(text: string, results: Results): string {
  return text.replaceAll(block, (_whole, kind: Result['kind']) => {
    return `<!-- results ${kind} -->\n${section(kind, results)}\n<!-- end -->`;
  });
}

/** The kinds of results that a page has a block of. */
export function kindsOn(text: string): string[] {
  return [...text.matchAll(block)].map(([, kind]) => kind!);
}

function section(kind: Result['kind'], results: Results): string {
  const found = [...results].filter(([, result]) => result.kind === kind).sort(inOrder);
  if (found.length === 0) {
    return `Not measured yet: \`node ${benches[kind]} --json bench/results/${kind}.json\`, then \`npm run docs:performance\`.`;
  }
  const all = found.map(([, result]) => result);
  const tables =
    kind === 'push'
      ? [pushTable(all.filter((result): result is PushResult => result.kind === 'push'))]
      : all.map(tableOf);
  const plots = found.map(([name]) => `![CPU time by process, ${name}](performance/${name}.svg)`);
  const conditions = found.map(([name, result]) => conditionsLine(name, result));
  return [...tables, plots.join('\n'), conditions.join('\n')].join('\n\n');
}

/** Redis before Kafka, single requests before batches. */
function inOrder([leftName, left]: [string, Result], [rightName, right]: [string, Result]): number {
  const rank = (result: Result): number =>
    (result.bus === 'kafka' ? 2 : 0) + (result.kind === 'push' && result.batch > 1 ? 1 : 0);
  return rank(left) - rank(right) || leftName.localeCompare(rightName);
}

function tableOf(result: Result): string {
  switch (result.kind) {
    case 'push':
      return pushTable([result]);
    case 'connections':
      return connectionsTable(result);
    case 'broadcast':
      return broadcastTable(result);
    case 'flatness':
      return flatnessTable(result);
    case 'scaling':
      return scalingTable(result);
  }
}
