import type { Result } from '../../../bench/result-file/schemas.ts';
import { figure } from './figures.ts';

/** One line of a list: where figures are kept, and how they were measured. */
export function conditionsLine(name: string, { conditions, runs }: Result): string {
  const { command, date, machine, node, stores, note } = conditions;
  const { cpu, cores, memoryMib } = machine;
  const parts = [
    `\`${command}\``,
    runs === 1 ? 'one run' : `medians of ${runs} runs`,
    date.slice(0, 'YYYY-MM-DD'.length),
    [cores === null ? '' : `${cores} cores`, cpu ?? ''].filter(Boolean).join(' of ') || undefined,
    memoryMib === null ? undefined : `${figure(memoryMib)} MiB`,
    node === null ? undefined : `Node ${node}`,
    stores.redis ?? undefined,
    stores.mariadb ?? undefined,
  ];
  const said = parts.filter((part) => part !== undefined).join(', ');
  return `- [${name}.json](../bench/results/${name}.json): ${said}.${note === null ? '' : ` ${note}`}`;
}
