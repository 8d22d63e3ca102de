import type { EventReceipt, EventsReceipt, ReceiptEvent, ReceiptRecord } from '../../common/protocol/bus-records.ts';
import type { ChannelKind } from '../../common/protocol/channel-calls.ts';
import { dayOf } from './days.ts';
import { impliedSteps, isStep, type Step } from './implied-events.ts';
import { inKeyOrder } from './order.ts';

/** Which app's task. */
export interface TaskKey {
  app: string;
  task: string;
}

/** What happened to a task's message on a device. */
export interface Delivery extends TaskKey {
  cid: string;
  /** The earliest time that a receipt gives for each step, ms. */
  at: Partial<Record<Step, number>>;
  /** The earliest time that a receipt gives for its storing in the device's queue, ms. It is no step: nobody counts it. */
  storedAt?: number;
}

/** One event of the app's own on a device. */
export interface CustomEvent extends TaskKey {
  cid: string;
  event: ReceiptEvent;
  /** The earliest time that a receipt gives for it, ms. */
  at: number;
}

/** What came of a task's message on a device by a channel. */
export interface ChannelResult extends TaskKey {
  cid: string;
  channel: ChannelKind;
  result: string;
  at: number;
}

export interface SeenTask extends TaskKey {
  /** The earliest time of any of its events: of `target`, unless its receipt is still to come. */
  at: number;
  group: string | null;
}

/** The latest login of a device on one UTC day. */
export interface LatestLogin {
  app: string;
  cid: string;
  at: number;
}

/** What a number of receipts comes to: each thing once, sorted by its key, so that everyone locks rows in one order. */
export interface MergedReceipts {
  deliveries: Delivery[];
  customs: CustomEvent[];
  /** Of each device and channel what is said first. */
  channels: ChannelResult[];
  tasks: SeenTask[];
  logins: LatestLogin[];
  /** Tasks whose targets are all devices of the app. */
  broadcasts: TaskKey[];
}

/** What a receipt of events says of one task. */
type EventsOfTask = EventsReceipt['tasks'][number];

export function mergeReceipts(receipts: readonly ReceiptRecord[]): MergedReceipts {
  const deliveries = new Map<string, Delivery>();
  const customs = new Map<string, CustomEvent>();
  const channels = new Map<string, ChannelResult>();
  const tasks = new Map<string, SeenTask>();
  const logins = new Map<string, LatestLogin>();
  const broadcasts = new Map<string, TaskKey>();

  function see(app: string, { task, at, group }: Pick<EventReceipt, 'task' | 'at' | 'group'>): void {
    const key = taskKey({ app, task });
    const seen = tasks.get(key);
    if (!seen) tasks.set(key, { app, task, at, group: group ?? null });
    else {
      seen.at = Math.min(seen.at, at);
      seen.group ??= group ?? null;
    }
  }

  function addEvents(app: string, event: ReceiptEvent, { task, at, storedAt, cids }: EventsOfTask): void {
    const implied = impliedSteps(event, task);
    for (const cid of cids) {
      const key = deliveryKey({ app, task, cid });
      let delivery = deliveries.get(key);
      if (!delivery) {
        delivery = { app, task, cid, at: {} };
        deliveries.set(key, delivery);
      }
      for (const step of implied) delivery.at[step] = Math.min(delivery.at[step] ?? at, at);
      if (storedAt !== undefined) delivery.storedAt = Math.min(delivery.storedAt ?? storedAt, storedAt);
      if (isStep(event)) continue;
      const custom: CustomEvent = { app, task, cid, event, at };
      const customKey = eventKey(custom);
      const known = customs.get(customKey);
      if (!known || at < known.at) customs.set(customKey, custom);
    }
  }

  for (const receipt of receipts) {
    if (receipt.kind === 'login') {
      for (const { cid, at } of receipt.logins) {
        const key = `${receipt.app}\n${cid}\n${dayOf(at)}`;
        const known = logins.get(key);
        if (!known || known.at < at) logins.set(key, { app: receipt.app, cid, at });
      }
      continue;
    }
    if (receipt.kind === 'channel') {
      const { app, task, channel, result, at } = receipt;
      see(app, receipt);
      for (const cid of receipt.cids) {
        const one: ChannelResult = { app, task, cid, channel, result, at };
        const key = channelKey(one);
        if (!channels.has(key)) channels.set(key, one);
      }
      continue;
    }
    if (receipt.kind === 'broadcast') {
      see(receipt.app, receipt);
      broadcasts.set(taskKey(receipt), { app: receipt.app, task: receipt.task });
      continue;
    }
    for (const ofTask of tasksOf(receipt)) {
      see(receipt.app, ofTask);
      addEvents(receipt.app, receipt.event, ofTask);
    }
  }
  return {
    deliveries: inKeyOrder(deliveries),
    customs: inKeyOrder(customs),
    channels: inKeyOrder(channels),
    tasks: inKeyOrder(tasks),
    logins: inKeyOrder(logins),
    broadcasts: inKeyOrder(broadcasts),
  };
}

export function taskKey({ app, task }: TaskKey): string {
  return `${app}\n${task}`;
}

export function deliveryKey({ app, task, cid }: Pick<Delivery, 'app' | 'task' | 'cid'>): string {
  return `${app}\n${task}\n${cid}`;
}

export function eventKey({ app, task, cid, event }: Omit<CustomEvent, 'at'>): string {
  return `${app}\n${task}\n${cid}\n${event}`;
}

export function channelKey({
  app,
  task,
  cid,
  channel,
}: Pick<ChannelResult, 'app' | 'task' | 'cid' | 'channel'>): string {
  return `${app}\n${task}\n${cid}\n${channel}`;
}

function tasksOf(receipt: EventReceipt | EventsReceipt): readonly EventsOfTask[] {
  return receipt.kind === 'events' ? receipt.tasks : [receipt];
}

/** How many rows a receipt may touch. */
export function rowsOf(receipt: ReceiptRecord): number {
  switch (receipt.kind) {
    case 'broadcast':
      return 1;
    case 'login':
      return receipt.logins.length;
    case 'channel':
      return receipt.cids.length;
    default: {
      const devices = tasksOf(receipt).reduce((sum, { cids }) => sum + cids.length, 0);
      return devices * (isStep(receipt.event) ? 1 : 2);
    }
  }
}
