import { expect, test } from 'vitest';
import type { Receipt } from '../common/receipts.ts';
import { DeviceReceipts } from './device-receipts.ts';

const who = { app: 'app', cid: 'c1' };

function receiptsOf() {
  const told: string[] = [];
  const write = async (receipt: Receipt): Promise<void> => {
    if (receipt.kind !== 'event') return;
    for (const cid of receipt.cids) told.push(`${receipt.event} ${receipt.task} ${cid} ${receipt.at}`);
  };
  let now = 0;
  const receipts = new DeviceReceipts(
    { write },
    { write },
    () => ++now,
    () => {},
  );
  return { told, receipts };
}

test('what was sent is told of after a turn of the clock, with the time at which it was sent', () => {
  const { told, receipts } = receiptsOf();
  receipts.sent(who, ['t1', 't2']);
  receipts.turn();
  expect(told).toEqual([]);
  receipts.sent(who, ['t3']);
  receipts.turn();
  expect(told).toEqual(['sent t1 c1 1', 'sent t2 c1 2']);
  receipts.turn();
  receipts.turn();
  expect(told.slice(2)).toEqual(['sent t3 c1 3']);
});

test('what has arrived by then is not told of as sent, on that device', () => {
  const { told, receipts } = receiptsOf();
  receipts.sent(who, ['t1', 't2', 't3']);
  receipts.sentToAll('app', 't1', ['c2']);
  receipts.toldArrived('c1', ['t1']);
  receipts.turn();
  receipts.arrived(who, ['t2']);
  receipts.turn();
  expect(told).toEqual(['arrived t2 c1 4', 'sent t1 c2 1', 'sent t3 c1 3']);
});

test('at a stop all is told of that has not arrived', () => {
  const { told, receipts } = receiptsOf();
  receipts.sent(who, ['t1']);
  receipts.turn();
  receipts.sent(who, ['t2']);
  receipts.flush();
  expect(told).toEqual(['sent t1 c1 1', 'sent t2 c1 2']);
});

test('more than may wait is told of at once', () => {
  const { told, receipts } = receiptsOf();
  const cids = Array.from({ length: 100_002 }, (_none, index) => `c${index}`);
  receipts.sentToAll('app', 't1', cids);
  expect(told).toHaveLength(2);
  receipts.flush();
  expect(told).toHaveLength(cids.length);
});
