import { connect } from './longwire.browser.js';
import { indexedDbStorage } from './longwire.indexeddb.js';
import { webPushInbox } from './longwire.web-push.js';

/** An app whose device is in IndexedDB, and whose pushes come over the connection and by its worker. */
const options = await (await fetch('options.json')).json();
const app = { states: [], errors: [], got: [], noted: 0, device: undefined };
globalThis.app = app;

await navigator.serviceWorker.register('sw.js');
await navigator.serviceWorker.ready;
const inbox = webPushInbox('worker', (push, { shown }) => {
  app.got.push([push.id, push.transmission ?? push.notification?.title, shown]);
});
app.inbox = inbox;
app.device = connect({
  ...options,
  storage: indexedDbStorage(options.appId),
  onPush: inbox.onPush,
  onState: (state, reason) => app.states.push(reason ?? state),
  onError: (error) => app.errors.push(`${error.code}: ${error.message}`),
});
inbox.attach(app.device);
// The worker tells its pages once it has shown a message and noted that.
navigator.serviceWorker.addEventListener('message', () => app.noted++);
