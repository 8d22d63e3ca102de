import { maxTtlMs } from '../../../../services/common/protocol/rest/settings.ts';
import { spanText } from '../../spans.ts';
import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';
import type { Readings, RedisServer } from '../readings.ts';

const lost =
  'If the users’ Redis is lost, messages older than that are lost for devices that are away, though their ttl has not ended.';

/** How far back the bus can be read, against how long a message may live. */
export const replayWindow: Check = {
  name: 'replay-window',
  run: (readings) => [...byConfiguration(readings), ...byBound(readings)],
};

function byConfiguration({ configs, noConfigs }: Readings): Finding[] {
  const having = configs.filter(({ values }) => typeof values['busRetentionMs'] === 'number');
  if (having.length === 0) return [notChecked('busRetentionMs', noConfigs)];
  return having.map(({ role, from, values, centre }) => {
    const of = `busRetentionMs of ${role} (${from})`;
    if (centre) return notChecked(of, 'the config centre may say otherwise');
    const ms = values['busRetentionMs'] as number;
    if (ms >= maxTtlMs) return fine(of, `${spanText(ms)}, the longest ttl is ${spanText(maxTtlMs)}`);
    const mend = `busRetentionMs of at least ${maxTtlMs} (${spanText(maxTtlMs)}) in all roles; 4 days leave room.`;
    return fault('wrong', of, `is ${spanText(ms)}, shorter than the longest ttl (${spanText(maxTtlMs)})`, lost, mend);
  });
}

/** On Redis Streams a bound in records or bytes may drop what is younger. */
function byBound({ instances }: Readings): Finding[] {
  const windows = new Map<string, number>();
  for (const { samples } of instances) {
    for (const { name, labels, value } of samples) {
      if (name !== 'longwire_bus_replay_window_seconds') continue;
      const topic = labels['topic'] ?? '';
      windows.set(topic, Math.min(windows.get(topic) ?? Number.POSITIVE_INFINITY, value * 1_000));
    }
  }
  return [...windows].map(([topic, ms]) => {
    const of = `topic ${topic}`;
    if (ms >= maxTtlMs) return fine(of, `can be replayed ${spanText(ms)} back`);
    const mend =
      'Give the bus’ Redis more memory (maxmemory) or raise busMaxRecords (operations.md, ReplayWindowShort); for good, move to Kafka.';
    return fault(
      'weak',
      of,
      `its bound is reached: it can be replayed ${spanText(Math.round(ms))} back, the longest ttl is ${spanText(maxTtlMs)}`,
      lost,
      mend,
    );
  });
}

/** How far routers go back when the users' Redis restarted, against what a restart may lose. */
export const restartWindow: Check = {
  name: 'restart-window',
  run({ redis, configs, noConfigs }) {
    const of = 'replayWindowMs';
    const im = configs.filter(({ role, centre }) => role === 'im' && !centre);
    const users = redis.find(({ use }) => use === 'users');
    if (im.length === 0) return [notChecked(of, `the configuration of im is not known (${noConfigs})`)];
    if (!users?.servers.ok)
      return [
        notChecked(
          of,
          `the users’ Redis is not known (${users && !users.servers.ok ? users.servers.why : 'no address'})`,
        ),
      ];
    const loss = Math.max(...users.servers.value.map(lossMs));
    if (Number.isNaN(loss))
      return [notChecked(of, 'what the users’ Redis may lose is not known, as CONFIG may not be read')];
    return im.map(({ from, values }): Finding => {
      const window = Number(values['replayWindowMs']);
      const what = `is ${spanText(window)} in im (${from}); a restart of the users’ Redis may lose ${Number.isFinite(loss) ? `the last ${spanText(loss)}` : 'all, which is then made again from the oldest record'}`;
      if (!Number.isFinite(loss) || window > loss) return fine(of, what);
      const means = 'After a restart of Redis messages that it lost are not made again: devices never get them.';
      return fault(
        'wrong',
        of,
        what,
        means,
        `An append-only file (appendonly yes) for the users’ Redis, or replayWindowMs over ${loss}.`,
      );
    });
  },
};

/** What a restart may lose, ms; infinite if it comes back empty, NaN if that isn't known. */
function lossMs({ info, save, appendfsync }: RedisServer): number {
  if (info['aof_enabled'] === '1') return appendfsync === 'always' ? 0 : 2_000;
  if (save === undefined) return Number.NaN;
  const seconds = [...save.matchAll(/(\d+) \d+/g)].map(([, text]) => Number(text));
  return seconds.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...seconds) * 1_000;
}
