import type { Notification } from './frames.ts';
import { PushRecords } from './web-push/records.ts';

/** A push as the worker gets it; `partial` where long fields were left out. */
export interface WebPush {
  id: string;
  task: string;
  notification?: Notification;
  transmission?: string;
  partial?: boolean;
}

export interface ServeOptions {
  /** The same as the page's. */
  name: string;
  /** What to show of a push; by default its title and body. Browsers want each push to be shown. */
  show?: (push: WebPush) => { title: string; options?: NotificationOptions };
  /** Where a click leads to; by default the `url` of the notification, else the site's first page. */
  open?: (push: WebPush) => string | undefined;
}

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface PushEvent extends ExtendableEvent {
  data: { json(): unknown } | null;
}
interface ClickEvent extends ExtendableEvent {
  notification: { close(): void; data: unknown };
}
interface WindowClient {
  url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

/** As much of a service worker's global scope as is used. */
export interface WorkerScope {
  addEventListener(type: string, listener: (event: never) => void): void;
  registration: {
    scope: string;
    showNotification(title: string, options?: NotificationOptions): Promise<void>;
  };
  clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly WindowClient[]>;
    openWindow(url: string): Promise<unknown>;
  };
}

/** What a worker tells the pages: there is something new in their shared records. */
export const wakeMessage = 'longwire:events';

/**
 * Shows Web Push, each message once, and keeps what the user did with it for the page, which tells the server. Call it when the
 * worker starts: `serveWebPush(self, { name: 'APP_ID' })`.
 */
export function serveWebPush(scope: WorkerScope, options: ServeOptions): void {
  const records = new PushRecords(options.name);
  scope.addEventListener('push', (event: PushEvent) => event.waitUntil(shown(event)));
  scope.addEventListener('notificationclick', (event: ClickEvent) => event.waitUntil(clicked(event)));

  async function shown({ data }: PushEvent): Promise<void> {
    const push = readPush(data);
    if (push === undefined) return;
    const { title, options: look } = (options.show ?? plain)(push);
    // By its tag: the same message shown twice is one notification.
    await scope.registration.showNotification(title, { ...look, tag: push.id, data: { ...push, ...look?.data } });
    await records.shown(push.id);
    await noted(push, 'shown');
  }

  async function clicked({ notification }: ClickEvent): Promise<void> {
    notification.close();
    const push = notification.data as WebPush | undefined;
    if (typeof push?.id !== 'string' || typeof push.task !== 'string') return;
    await noted(push, 'clicked');
    const url = (options.open ?? linkOf)(push) ?? scope.registration.scope;
    const target = new URL(url, scope.registration.scope).href;
    const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const page = pages.find((one) => one.url === target);
    await (page ? page.focus() : scope.clients.openWindow(target));
  }

  async function noted({ task, id }: WebPush, action: 'shown' | 'clicked'): Promise<void> {
    await records.addEvent({ task, id, action, at: Date.now() });
    for (const page of await scope.clients.matchAll({ type: 'window', includeUncontrolled: true })) {
      page.postMessage(wakeMessage);
    }
  }
}

function readPush(data: PushEvent['data']): WebPush | undefined {
  try {
    const push = data?.json() as WebPush | undefined;
    return typeof push?.id === 'string' && typeof push.task === 'string' ? push : undefined;
  } catch {
    return undefined;
  }
}

function plain({ notification }: WebPush): { title: string; options?: NotificationOptions } {
  if (notification === undefined) return { title: 'New message' };
  const { title, body, logoUrl } = notification;
  return { title, options: { body, ...(logoUrl === undefined ? {} : { icon: logoUrl }) } };
}

function linkOf({ notification }: WebPush): string | undefined {
  return notification?.clickType === 'url' ? notification.url : undefined;
}
