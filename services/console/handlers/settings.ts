import { settingsCalls as calls } from '../../common/protocol/settings-calls.ts';
import type { createClient } from '../../common/rpc/client.ts';
import type { InstanceRole } from '../calls/overview.ts';
import type { settingsCalls } from '../calls/settings.ts';
import type { Collector } from '../collector/collector.ts';
import { asking, notFound } from '../core/fault.ts';
import type { Handlers } from './handler.ts';

export interface SettingsDeps {
  collector: Pick<Collector, 'urlOf'>;
  secret: string;
  connect: typeof createClient;
}

/** How long one instance may take to say how it is configured. */
const askMs = 1_500;

/** Asks an instance itself: only it knows what holds there. */
export function settingsHandlers({ collector, secret, connect }: SettingsDeps): Handlers<typeof settingsCalls> {
  return {
    async settings({ params: { role, name } }) {
      const url = await collector.urlOf(role as InstanceRole, name);
      if (url === undefined) throw notFound('instance');
      const client = connect(calls, { url, secret, connections: 1, tryMs: 1_000 });
      try {
        return await asking(role as InstanceRole, client.calls.settings({}, { deadlineMs: askMs }));
      } finally {
        void client.close();
      }
    },
  };
}
