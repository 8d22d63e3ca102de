import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProcess } from '../../../scripts/up/run-file.ts';
import { Broken, expect } from '../../check.ts';
import type { ServerChecks, ServerContext } from '../context.ts';
import { answerMs, registerFrame } from '../device.ts';
import type { Operator } from '../operator.ts';

/** A cm takes an app as it was for up to half a minute. */
const appsMs = 45_000;
const everyMs = 500;
/** How long a login may take before it is answered at all. */
const loginMs = 10_000;
const slackMs = 4_000;

export const operatorChecks: ServerChecks = {
  D29: {
    alone: true,
    limitMs: 90_000,
    async run(context) {
      const { target } = context;
      const { credentials } = await context.online();
      const login = { t: 'login', appId: target.appId, ...credentials, seq: 0 };
      await frozen(context, 'user-redis', () => unavailable(context, login));
      await frozen(context, 'user-mysql', () => unavailable(context, registerFrame(target)));
    },
  },
  D33: {
    waits: true,
    limitMs: 3 * appsMs,
    async run(context) {
      const { operator } = context;
      const app = await operator.ownApp(false);
      const credentials = await until('a device of an app that was enabled can register', appsMs, async () => {
        const device = await context.open();
        device.send(registerFrame(app));
        const answer = await device.until('an answer', () => device.frames[0]);
        await device.cut();
        return answer.t === 'registered' ? { cid: answer.cid, token: answer.token } : undefined;
      });
      await operator.ownApp(true);
      const refusal = await until('a login of an app that is disabled is refused', appsMs, async () => {
        const device = await context.open();
        device.send({ t: 'login', appId: app.appId, ...credentials, seq: 0 });
        const answer = await device.until('an answer', () => device.frames[0]);
        if (answer.t === 'error') return { code: answer.code, close: (await device.closed()).code };
        await device.cut();
      });
      expect(refusal.code === 'forbidden' && refusal.close === 4403, `${refusal.code}, close ${refusal.close}`);
    },
  },
  D94: {
    alone: true,
    limitMs: 120_000,
    async run(context) {
      const { operator } = context;
      const online = await context.online();
      const node = await nodeOf(operator, online.cid);
      operator.signal(node, 'SIGTERM');
      try {
        const { after } = await online.device.next('reconnect');
        const { code } = await online.device.closed(after + slackMs);
        expect(code === 4503, `it closed ${code}`);
      } finally {
        await operator.back(node);
        await recovered(context);
      }
    },
  },
  async D95(context) {
    const { operator } = context;
    const { device, cid } = await context.online();
    await operator.kick(cid);
    const { reason } = await device.next('kick');
    const { code } = await device.closed();
    expect(reason === 'admin' && code === 4403, `kick ${reason}, close ${code}`);
  },
};

/** Resolves once a device can register, log in, and is pushed to. @throws Broken */
export async function recovered(context: ServerContext): Promise<void> {
  await until('devices are served again', 60_000, async () => {
    try {
      const { device, cid } = await context.online();
      const text = `${context.tag} again ${cid}`;
      await context.upstream.push(cid, text);
      await device.pushed(text, 1);
      await device.cut();
      return true;
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
    }
  });
}

/** Does it while no process of this role answers, and waits until devices are served again. */
async function frozen(context: ServerContext, role: string, work: () => Promise<void>): Promise<void> {
  const { operator } = context;
  const all = operator.processes().filter((one) => one.role === role);
  for (const one of all) operator.signal(one, 'SIGSTOP');
  try {
    await work();
  } finally {
    for (const one of all) operator.signal(one, 'SIGCONT');
    await recovered(context);
  }
}

async function unavailable(context: ServerContext, frame: { t: string }): Promise<void> {
  const device = await context.open();
  device.send(frame);
  const error = await device.next('error', loginMs + answerMs);
  const { code: close } = await device.closed();
  expect(error.code === 'unavailable' && close === 4503, `${frame.t} was answered ${error.code}, close ${close}`);
}

async function nodeOf(operator: Operator, cid: string): Promise<RunningProcess> {
  const { node } = await operator.connection(cid);
  const found = operator.processes().find(({ instance }) => instance === node);
  if (found) return found;
  throw new Broken(`the run file has no ${node}`);
}

/** Asks again until there is something. @throws Broken */
async function until<Found>(what: string, limitMs: number, ask: () => Promise<Found | undefined>): Promise<Found> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(everyMs)) {
    const found = await ask();
    if (found !== undefined) return found;
  }
  throw new Broken(`${what}: not within ${limitMs} ms`);
}
