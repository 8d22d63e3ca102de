import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Device, type Push } from '../../sdk/src/index.ts';
import { fileStorage } from '../../sdk/src/node.ts';
import { upstreamToken } from './demo-app.ts';
import type { Installation } from './installation.ts';
import type { RunFile } from './run-file.ts';
import { say } from './say.ts';
import { pushHint } from './summary.ts';

const onlineLimitMs = 30_000;

/**
 * A device that prints what is pushed to it, the same one each time for one data folder. Prints how to push to it.
 *
 * @param run what people are told.
 * @param reached where the device itself finds the system, if it looks from another place than they do.
 * @returns what disconnects it and then stops the system.
 */
export async function startDemo(
  run: Pick<RunFile, 'api' | 'sdk' | 'app'>,
  up: { installation: Pick<Installation, 'app'>; stop: () => Promise<void> },
  dataDir: string,
  reached: Pick<RunFile, 'api' | 'sdk'> = run,
): Promise<() => Promise<void>> {
  const { app } = up.installation;
  if (app.disabled) {
    say(`no demo device, as its app is disabled; npm run cli -- app enable ${app.appId}`);
    return up.stop;
  }
  const device = connect({
    url: reached.sdk,
    appId: app.appId,
    appSecret: app.appSecret,
    storage: fileStorage(join(dataDir, 'demo-device.json')),
    device: { model: 'longwire-demo' },
    onPush: (push) => {
      say(`demo device got ${described(push)}`);
      if (push.notification) device.event(push, 'shown');
    },
    onError: (error) => say(`demo device: ${error.message}`),
  });
  const stop = async (): Promise<void> => {
    await device.close();
    await up.stop();
  };
  const cid = await onlineCid(device);
  if (cid === undefined) say(`the demo device is not online after ${onlineLimitMs / 1_000} s; it goes on trying`);
  else process.stdout.write(pushHint(run, await upstreamToken(reached.api, app), cid));
  return stop;
}

/** As JSON, so that nothing in a message can steer the terminal. */
function described(push: Push): string {
  if (push.notification) {
    const { title, body, payload } = push.notification;
    return `a notification: ${JSON.stringify({ title, body, payload })} (task ${push.task})`;
  }
  if (push.revoke) return `a recall of task ${push.revoke.task}`;
  return `a message: ${JSON.stringify(push.transmission)} (task ${push.task})`;
}

/** @returns undefined if it is not online within the limit. */
async function onlineCid(device: Device): Promise<string | undefined> {
  for (const end = Date.now() + onlineLimitMs; Date.now() < end; await sleep(50)) {
    if (device.state === 'online') return device.cid;
  }
  return undefined;
}
