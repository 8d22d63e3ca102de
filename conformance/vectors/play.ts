import { expect } from '../check.ts';
import type { ClientContext } from '../client/context.ts';
import type { Line } from '../client/scripted-server.ts';
import type { ServerContext } from '../server/context.ts';
import { type Device, registerFrame } from '../server/device.ts';
import type { Frame, Sequence, Step } from './sequences.ts';

/** Values that texts with `$` stand for, as far as they are known. */
type Values = Record<string, unknown>;

/** What may stand between the steps of a client. */
const between = new Set(['ping', 'ack', 'event']);

/** Plays the client of a sequence that binds servers. @throws Broken at the step that the server doesn't do */
export async function playForServer({ steps }: Sequence, context: ServerContext): Promise<void> {
  const { appId, ts, nonce, sign } = registerFrame(context.target);
  const values: Values = { $appId: appId, $ts: ts, $nonce: nonce, $sign: sign };
  let device: Device | undefined;
  let seen = 0;
  for (const [index, step] of steps.entries()) {
    if ('connects' in step) [device, seen] = [await context.open(), 0];
    else if (device === undefined) throw new Error('a sequence begins with a connection');
    else if ('client' in step) device.send(filled(step.client, values));
    else if ('clientText' in step) device.sendText(step.clientText);
    else if ('serverCloses' in step) {
      const { code } = await device.closed();
      expect(code === step.serverCloses, `step ${index + 1}: closed ${code}, right is ${step.serverCloses}`);
    } else if ('server' in step) {
      const { frames } = device;
      const frame = await device.until(`step ${index + 1}: a frame`, () => {
        while (frames[seen]?.t === 'push' && step.server.t !== 'push') seen++;
        return frames[seen];
      });
      seen++;
      expectFit(step.server, { ...frame }, values, index);
    }
  }
}

/** Plays the server of a sequence that binds SDKs. @throws Broken at the step that the SDK doesn't do */
export async function playForClient({ steps }: Sequence, context: ClientContext): Promise<void> {
  const { cid, token } = context.identity;
  const values: Values = { $appId: context.app.appId, $cid: cid, $token: token };
  let line: Line | undefined;
  let seen = 0;
  await context.start();
  for (const [index, step] of steps.entries()) {
    if ('connects' in step) [line, seen] = [await context.server.next(), 0];
    else if (line === undefined) throw new Error('a sequence begins with a connection');
    else if ('server' in step) line.send(ofContext(filled(step.server, values), context));
    else if ('serverCloses' in step) line.close(step.serverCloses);
    else if ('cut' in step) line.cut();
    else if ('app' in step) await context.pushEvent(step.app);
    else if ('client' in step) {
      const { frames } = line;
      const wanted = step.client;
      const frame = await line.until(`step ${index + 1}: ${wanted.t}`, () => {
        while (frames[seen] && between.has(frames[seen]!.frame.t) && !fits(wanted, { ...frames[seen]!.frame }, values))
          seen++;
        return frames[seen]?.frame;
      });
      seen++;
      expectFit(wanted, { ...frame }, values, index);
    }
  }
  const apps = steps.flatMap((step: Step) => ('app' in step ? [step.app] : []));
  expect(context.given.join() === apps.join(), `the app got ${context.given.join()}, right is ${apps.join()}`);
}

/** Ids and tasks of the scenario, so that its app's messages can be told apart. */
function ofContext(frame: Frame, context: ClientContext): object {
  if (frame.t !== 'push') return frame;
  const name = String(frame['id']);
  return { ...frame, id: context.idOf(name), task: context.taskOf(name) };
}

function filled(frame: Frame, values: Values): Frame {
  const fields = Object.entries(frame).map(([field, value]) => [field, values[String(value)] ?? value]);
  return Object.fromEntries(fields) as Frame;
}

function expectFit(wanted: Frame, frame: Frame, values: Values, index: number): void {
  const seen = `step ${index + 1}: came ${JSON.stringify(frame).slice(0, 200)}, right is ${JSON.stringify(wanted)}`;
  expect(fits(wanted, frame, values), seen);
}

/** Whether all that is wanted is there. A value that is not known yet becomes what came. */
function fits(wanted: Frame, frame: Frame, values: Values): boolean {
  return Object.entries(wanted).every(([field, value]) => {
    const came = frame[field];
    if (value === '$any') return came !== undefined;
    if (typeof value === 'string' && value.startsWith('$')) {
      values[value] ??= came;
      return came === values[value];
    }
    return typeof value === 'object' ? came !== undefined : came === value;
  });
}
