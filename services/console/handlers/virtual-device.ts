import { createHmac } from 'node:crypto';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { virtualDeviceCalls } from '../calls/virtual-device.ts';
import { asking, badField, ConsoleFault, notFound } from '../core/fault.ts';
import type { Handlers } from './handler.ts';

/** A signature is good for a time that is no further from now than devices' clocks may be. */
const maxSkewMs = 300_000;

export interface VirtualDeviceDeps {
  mysql: Pick<Client<UserMysqlCalls>, 'app'>;
  now: () => number;
}

/** Signs for the device SDK in a page, which must not have the secret itself. */
export function virtualDeviceHandlers({ mysql, now }: VirtualDeviceDeps): Handlers<typeof virtualDeviceCalls> {
  return {
    async signDevice({ params: { app }, body: { appId, ts, nonce, text } }) {
      if (appId !== app) throw badField('appId', 'another_app', app);
      // What is signed is a registration and nothing else.
      if (text !== `${appId}\n${ts}\n${nonce}`) throw badField('text', 'not_signed_text', 'appId, ts and nonce');
      if (Math.abs(now() - ts) > maxSkewMs) throw badField('ts', 'not_now', 'within 5 minutes of now');
      const found = await asking('user-mysql', mysql.app({ appId }));
      if (!found.app) throw notFound('app');
      if (found.app.disabled) throw new ConsoleFault('conflict', 'app_disabled', { field: 'app' });
      return { sign: createHmac('sha256', found.app.appSecret).update(text).digest('hex') };
    },
  };
}
