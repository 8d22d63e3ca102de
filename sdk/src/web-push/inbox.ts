import type { Device } from '../device.ts';
import type { Push } from '../frames.ts';
import { wakeMessage } from '../service-worker.ts';
import { PushRecords } from './records.ts';

export interface WebPushInbox {
  /** For `onPush` of `connect`. */
  onPush: (push: Push) => Promise<void>;
  /** Tells the server, by this device, what the user did with what the worker has shown. The answer ends that. */
  attach(device: Pick<Device, 'event' | 'saved'>): () => void;
}

/**
 * The page's part beside `serveWebPush` of a service worker: a message that came both ways, or to several pages, is given to `onPush` once.
 *
 * @param name the same as the worker's
 * @param onPush gets the message, whole, and whether the worker has shown it already. If it fails it is called again.
 */
export function webPushInbox(
  name: string,
  onPush: (push: Push, worker: { shown: boolean }) => void | Promise<void>,
): WebPushInbox {
  const records = new PushRecords(name);
  return {
    async onPush(push) {
      const { taken, shown } = await records.take(push.id);
      if (!taken) return;
      try {
        await onPush(push, { shown });
      } catch (error) {
        await records.give(push.id);
        throw error;
      }
      await records.done(push.id);
    },
    attach(device) {
      const take = (): void => {
        const taking = records.takeEvents((events) => {
          for (const { task, id, action, at } of events) device.event({ task, id }, action as 'shown', at);
          return device.saved();
        });
        taking.catch((error) => console.warn('longwire: events of the service worker wait', error));
      };
      const worker = typeof navigator === 'undefined' ? undefined : navigator.serviceWorker;
      const heard = ({ data }: MessageEvent): void => {
        if (data === wakeMessage) take();
      };
      worker?.addEventListener('message', heard);
      take();
      return () => worker?.removeEventListener('message', heard);
    },
  };
}
