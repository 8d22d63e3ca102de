// A device in Node ≥ 22: node device.mjs ws://127.0.0.1:8081/sdk/v1 APP_ID APP_SECRET
import { connect } from '@longwire/sdk';
import { fileStorage } from '@longwire/sdk/node';

const [url, appId, appSecret] = process.argv.slice(2);

const device = connect({
  url,
  appId,
  appSecret,
  storage: fileStorage('./longwire-device.json'),
  onPush: (push) => {
    console.log(push.notification?.title ?? push.transmission ?? push.revoke);
    device.event(push, 'shown');
  },
  onCid: (cid) => console.log(`cid ${cid}`),
  onState: (state, reason) => console.log(reason ?? state),
});

process.once('SIGINT', () => void device.close());
process.once('SIGTERM', () => void device.close());
