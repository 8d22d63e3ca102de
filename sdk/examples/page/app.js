import { localStorageStorage } from '@longwire/sdk';
import { connectTabs } from '@longwire/sdk/tabs';
import { webPushInbox } from '@longwire/sdk/web-push';

const appId = 'APP_ID';

/** Your backend signs, so that the app's secret is not in the page. An answer that is none is an error: it is asked again. */
async function sign({ text }) {
  const answer = await fetch('/sign', { method: 'POST', body: text });
  if (!answer.ok) throw new Error(`/sign answered ${answer.status}`);
  return answer.text();
}

const inbox = webPushInbox(appId, (push, worker) => {
  const item = document.createElement('li');
  item.textContent = push.notification?.title ?? push.transmission ?? '';
  item.addEventListener('click', () => device.event(push, 'clicked'));
  document.querySelector('#messages').append(item);
  if (!worker.shown) device.event(push, 'shown');
});

const device = connectTabs({
  url: 'wss://push.example.com/sdk/v1',
  appId,
  sign,
  storage: localStorageStorage(appId),
  // The tab that leads is the one that hands a message on; the others only show it.
  onPush: (push, tab) => (tab.leads ? inbox.onPush(push) : undefined),
  onCid: (cid) => {
    document.querySelector('#cid').textContent = cid;
  },
  onState: (state, reason) => {
    document.querySelector('#state').textContent = reason ?? state;
  },
});
inbox.attach(device);

if ('serviceWorker' in navigator) await navigator.serviceWorker.register('/sw.js');
