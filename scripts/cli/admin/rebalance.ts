import { setTimeout as sleep } from 'node:timers/promises';
import type { RebalanceCalls, Run } from '../../../services/common/protocol/rebalance-calls.ts';
import type { Client } from '../../../services/common/rpc/contract.ts';
import { CliError, faultOfCall } from '../faults.ts';
import type { RebalanceCommand } from './command.ts';

const lookEveryMs = 500;

/** Begins a run over all cms, or joins the one that is under way, and waits for its end. @throws CliError where cm doesn't answer. */
export async function rebalance(cm: Client<RebalanceCalls>, { do: _do, ...asked }: RebalanceCommand): Promise<Run> {
  try {
    await cm.rebalance(asked);
    for (;;) {
      const { run } = await cm.rebalancing({});
      if (run === null) throw new CliError('failed', 'the cm that coordinated has started anew: ask again');
      if (!run.running) return run;
      await sleep(lookEveryMs);
    }
  } catch (error) {
    throw faultOfCall('cm', error);
  }
}

const ends: Record<Run['state'], string> = {
  alone: 'there is one cm alone',
  even: 'all are even',
  moving: 'it has ended',
  resting: 'each device that may come back elsewhere was told once, and they are not even',
  held: 'it gave up: devices that were told have not come back for a minute',
  unknown: 'it gave up: a cm has not answered for a minute',
  draining: 'it gave up: a cm was stopping for a minute',
  taken: 'it gave up: another cm was coordinating for a minute',
};

/** What a run came to, for people. */
export function describeRun({ state, told, forMs, nodes }: Run): [string, string][] {
  return [
    ['end', ends[state]],
    ['told to come back', `${told} devices in ${Math.round(forMs / 1_000)} s`],
    ...nodes.map(({ node, devices }): [string, string] => [node, `${devices} devices`]),
  ];
}
