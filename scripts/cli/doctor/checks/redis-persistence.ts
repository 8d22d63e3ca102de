import { type Check, fault, fine, notChecked } from '../finding.ts';
import { eachServer } from './redis-memory.ts';

const mend =
  'CONFIG SET appendonly yes and appendfsync everysec (the bus: always), and the same in its configuration file.';

export const redisPersistence: Check = {
  name: 'redis-persistence',
  run: ({ redis }) =>
    eachServer(redis, ({ info, save, appendfsync }, of, use) => {
      if (info['aof_last_write_status'] === 'err' || info['rdb_last_bgsave_status'] === 'err') {
        const means = 'What it holds now is not on its disk: a restart goes back to the last file that was written.';
        return [
          fault(
            'wrong',
            of,
            'its last write to disk failed',
            means,
            'Look at its log and at the disk’s free space; then BGREWRITEAOF.',
          ),
        ];
      }
      if (info['aof_enabled'] === '1') {
        if (use === 'users' || appendfsync === 'always')
          return [fine(of, `append-only file, appendfsync ${appendfsync ?? 'not known'}`)];
        if (appendfsync === undefined) return [notChecked(of, 'CONFIG may not be read, so appendfsync is not known')];
        if (appendfsync === 'everysec' && Number(info['connected_slaves'] ?? 0) > 0)
          return [fine(of, 'append-only file each second, and replicas')];
        const means =
          'What the bus accepted in the last moments is lost if its machine fails: the API had said that it is kept.';
        return [
          fault(
            'weak',
            of,
            `appendfsync is ${appendfsync} and it has no replica`,
            means,
            'CONFIG SET appendfsync always, or give it replicas (busMinReplicas).',
          ),
        ];
      }
      if (save === undefined && use === 'users')
        return [notChecked(of, 'CONFIG may not be read, so snapshots are not known')];
      const snapshots = save !== undefined && save !== '';
      const without = save === undefined ? 'has no append-only file' : 'writes nothing to disk';
      const what = snapshots ? `has no append-only file, snapshots alone (${save})` : without;
      if (use === 'bus') {
        const means = 'A restart loses what was accepted and not delivered, and devices’ positions with it.';
        return [fault('wrong', of, what, means, mend)];
      }
      const means = snapshots
        ? 'A restart goes back to the last snapshot: routers read the bus again from replayWindowMs before, which must cover it.'
        : 'A restart empties it: nothing is delivered until routers have read the whole bus again, and request ids, quotas and positions of devices that are away are lost.';
      return [fault('weak', of, what, means, mend)];
    }),
};
