import { hash } from 'node:crypto';
import type { App } from '../../common/protocol/app.ts';
import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';

/** One event of one task on some devices of one app, as its upstream is to be told of it. */
export interface Told {
  task: string;
  /** The message's id that devices see. */
  msgId: string;
  actionId: string;
  at: number;
  cids: string[];
}

/**
 * Lines of one body at the most. The longest there can be are under 100 kB together, which is what common web frameworks take
 * in: one that answers 413 counts as told.
 */
export const maxLines = 150;

/** The number upstreams know an event by; undefined for one they are not told of: `dismissed`, what comes before `arrived`, other numbers. */
export function actionIdOf(event: ReceiptEvent): string | undefined {
  switch (event) {
    case 'arrived':
      return '0';
    case 'shown':
      return '10000';
    case 'clicked':
      return '10010';
    default: {
      const id = event.startsWith('custom:') ? event.slice('custom:'.length) : '';
      return id >= '90001' && id <= '90999' ? id : undefined;
    }
  }
}

/** A body: one JSON object per line, in order; a device without a known alias has none in its line. */
export function bodyOf(
  app: Pick<App, 'appId' | 'masterSecret'>,
  told: Told[],
  aliases: ReadonlyMap<string, string>,
): string {
  const lines = told.flatMap(({ task, msgId, actionId, at, cids }) =>
    cids.map((cid) => {
      const alias = aliases.get(cid);
      return JSON.stringify({
        appid: app.appId,
        cid,
        taskid: task,
        msgid: msgId,
        code: '200',
        desc: 'success',
        actionId,
        recvtime: at,
        ...(alias === undefined ? {} : { alias }),
        sign: hash('md5', app.appId + cid + task + msgId + app.masterSecret),
      });
    }),
  );
  return lines.join('\n');
}
