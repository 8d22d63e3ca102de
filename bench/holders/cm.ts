import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDeviceServer } from '../../services/cm/edges/device-server.ts';
import { appId, createNode } from '../../services/cm/testing/node-rig.ts';
import { listenOn } from '../../services/common/rpc/app.ts';
import { waitFor } from '../../test/rigs/process.ts';
import { answerParent } from './answering.ts';

/** The device port of cm and the rules behind it, on queues in memory. */
const maxConnections = 1_000_000;
/** How far the clock of the rig is turned for a ping: each device was silent for long enough then. */
const silentMs = 70_000;

const node = createNode({ maxConnections, now: Date.now() });
const server = createDeviceServer(node.gateway, node.doors, node.log);
const port = await listenOn(server, '127.0.0.1', 0, false);
answerParent({
  port,
  connections() {
    // What the stores in memory noted of them isn't cm's.
    node.queues.forgetDevices();
    node.state.receipts.length = 0;
    return node.gateway.counts().live;
  },
  logins: (from, count) =>
    Array.from({ length: count }, (_none, index) => {
      const cid = (from + index).toString(16).padStart(32, '0');
      return { t: 'login', appId, cid, token: node.identity.deviceToken(appId, cid), seq: 0 };
    }),
  async ping() {
    for (let passed = 0; passed < silentMs; passed += 500) {
      node.state.now += 500;
      node.gateway.tick();
      if (passed % 5_000 === 0) await nextTurn();
    }
    const heard = (): boolean =>
      node.gateway.all().every(({ connection }) => connection.nextDue() > node.state.now + 60_000);
    await waitFor('all answers are read', heard, 30_000);
  },
});
