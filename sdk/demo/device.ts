import { parseArgs } from 'node:util';
import { connect } from '../src/index.ts';
import { fileStorage } from '../src/node.ts';

/** A device on the command line: prints what it is pushed, and keeps who it is in a file. */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'ws://127.0.0.1:8081/sdk/v1' },
    app: { type: 'string', default: 'demo' },
    secret: { type: 'string' },
    file: { type: 'string', default: '.longwire/device.json' },
  },
});

const device = connect({
  url: values.url,
  appId: values.app,
  ...(values.secret === undefined ? {} : { appSecret: values.secret }),
  storage: fileStorage(values.file),
  onPush: (push) => {
    console.log('push', JSON.stringify(push));
    device.event(push, 'shown');
  },
  onState: (state, reason) => console.log(reason ?? state, device.cid ?? ''),
  onError: (error) => console.error(`${error.code}: ${error.message}`, error.cause ?? ''),
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void device.close());
