import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ConnectOptions, connect, type Device, DeviceError, type Push } from '../../sdk/src/index.ts';
import { fileStorage } from '../../sdk/src/node.ts';

/**
 * The TypeScript SDK under the line protocol of docs/sdk-authors.md. `change` lets a test break it: it gets the options of each
 * start, and answers those to start with.
 */
export function runHarness(
  name: string,
  change: (options: ConnectOptions) => ConnectOptions = (options) => options,
): void {
  let device: Device | undefined;
  let held: { done: Promise<void>; end: () => void } | undefined;
  const tell = (line: object): void => {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };

  const running = (): Device => {
    if (device === undefined) throw new DeviceError('bad_options', 'start comes first');
    return device;
  };

  const start = ({ url, appId, appSecret, state, tuning }: Fields): void => {
    if (device !== undefined) throw new DeviceError('bad_options', 'it is started already');
    const { minBackoffMs, maxBackoffMs } = (tuning ?? {}) as { minBackoffMs?: number; maxBackoffMs?: number };
    device = connect(
      change({
        url: String(url),
        appId: String(appId),
        appSecret: String(appSecret),
        storage: fileStorage(join(String(state), 'device.json')),
        tuning: {
          ...(minBackoffMs === undefined ? {} : { reconnectMinMs: minBackoffMs }),
          ...(maxBackoffMs === undefined ? {} : { reconnectMaxMs: maxBackoffMs }),
        },
        async onPush(push) {
          tell(eventOf(push));
          await held?.done;
        },
        onCid: (cid) => tell({ e: 'cid', cid }),
        onState(status, reason) {
          const told = statuses[status];
          if (told !== undefined) tell({ e: 'status', status: told, ...(reason === undefined ? {} : { reason }) });
        },
        onError: (error) => console.error(`${error.code}: ${error.message}`),
      }),
    );
  };

  const commands: Record<string, (fields: Fields) => void | Promise<void>> = {
    start,
    async stop() {
      const stopped = device?.close();
      device = undefined;
      // The app lets go of what it has in hand, or the SDK waits for it.
      if (held === undefined) await stopped;
    },
    crash() {
      process.kill(process.pid, 'SIGKILL');
    },
    async logout() {
      await running().logout();
      device = undefined;
    },
    alias: ({ op, alias }) =>
      op === 'bind' ? running().bindAlias(String(alias)) : running().unbindAlias(String(alias)),
    tags: ({ set }) => running().setTags(set as string[]),
    channel: ({ kind, token }) =>
      running().setChannelToken(kind as Parameters<Device['setChannelToken']>[0], token as string | null),
    event: ({ task, id, action }) =>
      running().event({ task: String(task), id: String(id) }, action as Parameters<Device['event']>[1]),
    hold() {
      if (held !== undefined) return;
      let end = (): void => {};
      const done = new Promise<void>((resolve) => {
        end = resolve;
      });
      held = { done, end };
    },
    release() {
      held?.end();
      held = undefined;
    },
    exit: () => process.exit(),
  };

  createInterface({ input: process.stdin })
    .on('line', async (line) => {
      const { n, c, ...fields } = JSON.parse(line) as { n: number; c: string } & Fields;
      try {
        const command = Object.hasOwn(commands, c) ? commands[c] : undefined;
        if (command === undefined) {
          tell({ e: 'result', n, ok: false, code: 'bad_command', message: `${c}: is no command of this harness` });
          return;
        }
        await command(fields);
        tell({ e: 'result', n, ok: true });
      } catch (error) {
        const code = error instanceof DeviceError ? error.code : 'failed';
        tell({ e: 'result', n, ok: false, code, message: error instanceof Error ? error.message : String(error) });
      }
    })
    .on('close', () => process.exit());
  tell({ e: 'ready', sdk: name });
}

type Fields = Record<string, unknown>;

const statuses: Record<string, string | undefined> = {
  connecting: 'connecting',
  online: 'connected',
  waiting: 'waiting',
  stopped: 'stopped',
};

function eventOf({ id, task, notification, transmission, revoke }: Push): object {
  const head = { e: 'push', id, task };
  if (notification !== undefined) return { ...head, kind: 'notification', text: notification.title };
  if (revoke !== undefined) return { ...head, kind: 'revoke', text: revoke.task };
  return { ...head, kind: 'transmission', text: transmission };
}

if (import.meta.main) runHarness('longwire-js 0.1.0');
