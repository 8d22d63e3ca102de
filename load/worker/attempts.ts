import { type Counts, countReason } from '../core/counts.ts';
import type { FanOut } from '../core/fan-out-account.ts';
import type { WorkerTask } from '../core/messages.ts';
import type { Kind } from '../core/mix.ts';
import { encodePayload } from '../core/payload.ts';
import {
  allBody,
  batchBody,
  cidsWithout,
  listBody,
  listMessageBody,
  singleBody,
  tagBody,
  tagCount,
  tagOf,
} from '../core/push-bodies.ts';
import { distinctBelow, type Random } from '../core/random.ts';
import type { Answer, ApiClient } from '../edges/api-client.ts';
import type { LoadDevice } from '../edges/load-device.ts';
import type { Fleet } from './fleet.ts';
import type { Ledger } from './ledger.ts';
import type { Attempt, TellFanOut } from './pusher.ts';

export interface AttemptParts {
  task: WorkerTask;
  api: ApiClient;
  counts: Counts;
  fleet: Fleet;
  ledger: Ledger;
  /** The devices that are pushed to, one or more. */
  targets: readonly LoadDevice[];
  tellFanOut: TellFanOut;
}

/** Makes the pushes of one worker. Direct ones go to its own devices, so that their account needs no other process. */
export function attempts(parts: AttemptParts): (kind: Kind, dueUs: number, random: Random) => Attempt | undefined {
  const { api, counts, fleet, ledger, targets, task, tellFanOut } = parts;
  const { run, shape, worker } = task;
  let requests = 0;
  let fanOuts = 0;

  return (kind, dueUs, random) => {
    const id = requests++;
    const requestId = (part: number): string => `${run}-${worker}-${id}-${part}`;
    const text = (number: number, group = 0): string =>
      encodePayload({ run, kind, sender: worker, number, dueUs, group }, shape.size);
    switch (kind) {
      case 'single':
      case 'batch':
      case 'list':
        return direct();
      case 'tag':
      case 'all':
        return fanOut();
    }

    /** Messages to devices of this worker: of a batch one each, of a list one for all. */
    function direct(): Attempt | undefined {
      const wanted = kind === 'single' ? 1 : shape.batchSize;
      const devices = distinctBelow(targets.length, wanted, random).map((at) => targets[at]!);
      const groups = kind === 'batch' ? devices.map((device) => [device]) : [devices];
      if (!ledger.direct.hasRoom(groups.length)) return undefined;
      const numbered = groups.map((group) => {
        const indexes = group.map(({ index }) => index);
        return { number: ledger.direct.begin(kind, indexes), indexes };
      });
      const message = (part: number) => ({ requestId: requestId(part), text: text(numbered[part]!.number) });
      const ask = (): Promise<Answer> => {
        switch (kind) {
          case 'batch': {
            const messages = devices.map(({ cid }, part) => ({ ...message(part), cid: cid! }));
            return api.post('/push/single/batch/cid', batchBody(messages));
          }
          case 'list':
            return pushList(listMessageBody(message(0)), devices);
          default:
            return api.post('/push/single/cid', singleBody(message(0), devices[0]!.cid!));
        }
      };
      return {
        kind,
        ask,
        sent: (now) => {
          for (const { number } of numbered) ledger.direct.sent(number, now);
        },
        accepted: ({ data }, now) => {
          const without = cidsWithout(data).map(({ cid, status }) => {
            countReason(counts.refusals, status);
            return fleet.ofCid(cid)?.index ?? -1;
          });
          for (const { number, indexes } of numbered) {
            const lacking = indexes.filter((index) => without.includes(index));
            ledger.direct.accepted(number, now, lacking);
          }
        },
        refused: () => {
          for (const { number } of numbered) ledger.direct.refused(number);
        },
        unclear: () => {
          for (const { number } of numbered) ledger.direct.unclear(number);
        },
      };
    }

    async function pushList(body: object, devices: LoadDevice[]): Promise<Answer> {
      const saved = await api.post('/push/list/message', body);
      if (saved.code !== 0) return saved;
      const { taskid } = saved.data as { taskid: string };
      return api.post(
        '/push/list/cid',
        listBody(
          taskid,
          devices.map(({ cid }) => cid!),
        ),
      );
    }

    /** A push whose devices are those of every worker. */
    function fanOut(): Attempt | undefined {
      if (!ledger.fanOut.hasRoom) return undefined;
      const group = kind === 'tag' ? Math.floor(random() * Math.min(tagCount, fleet.devices.length)) : 0;
      const push: FanOut = { sender: worker, number: fanOuts++, kind, group };
      const message = { requestId: requestId(0), text: text(push.number, group) };
      return {
        kind,
        ask: () =>
          kind === 'tag'
            ? api.post('/push/fast_custom_tag', tagBody(message, tagOf(run, group)))
            : api.post('/push/all', allBody(message)),
        sent: () => {},
        accepted: () => tellFanOut(push, 'accepted'),
        refused: () => tellFanOut(push, 'refused'),
        unclear: () => tellFanOut(push, 'unclear'),
      };
    }
  };
}
