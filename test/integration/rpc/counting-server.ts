import { pino } from 'pino';
import { createInternalApp, listen } from '../../../services/common/rpc/app.ts';
import { serveCalls } from '../../../services/common/rpc/server.ts';
import { calls, secret } from './fixtures.ts';

/** A process that answers `greet` and tells its parent of each call it makes, by name. */
const app = createInternalApp(pino({ level: 'silent' }));
serveCalls(
  app,
  calls,
  {
    greet: async ({ name }) => {
      process.send?.({ made: name });
      return { text: name };
    },
  },
  { secrets: [secret] },
);
process.send?.({ port: await listen(app, '127.0.0.1', 0, false) });
