import { localStorageStorage } from './longwire.browser.js';
import { connectTabs } from './longwire.tabs.js';

/** One tab of an app: the tab that leads writes what comes, each keeps what it was given. `?without=` takes parts of the browser away. */
for (const part of (new URL(location.href).searchParams.get('without') ?? '').split(',')) {
  if (part === 'locks') Object.defineProperty(navigator, 'locks', { value: undefined });
  if (part === 'channel') globalThis.BroadcastChannel = undefined;
}
const options = await (await fetch('options.json')).json();
const app = { states: [], errors: [], got: [], cids: [], device: undefined };
globalThis.app = app;

app.device = connectTabs({
  ...options,
  storage: localStorageStorage(options.appId),
  onPush: (push, { leads }) => {
    app.got.push(push.transmission ?? push.notification?.title);
    app.last = push;
    if (!leads) return;
    const inbox = JSON.parse(localStorage.getItem('inbox') ?? '[]');
    localStorage.setItem('inbox', JSON.stringify([...inbox, push]));
  },
  onCid: (cid) => app.cids.push(cid),
  onState: (state, reason) => app.states.push(reason ?? state),
  onError: (error) => app.errors.push(`${error.code}: ${error.message}`),
});
