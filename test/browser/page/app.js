import { connect, localStorageStorage } from './longwire.browser.js';

/**
 * An app as its developers would write it: it keeps what it was pushed, shows notifications and reports what the user does
 * with them. What `app` holds is for the tests.
 */
const options = await (await fetch('options.json')).json();
const app = { states: [], errors: [], device: undefined };
globalThis.app = app;

app.device = connect({
  ...options,
  storage: localStorageStorage(options.appId),
  onPush: (push) => {
    const inbox = JSON.parse(localStorage.getItem('inbox') ?? '[]');
    localStorage.setItem('inbox', JSON.stringify([...inbox, push]));
    if (push.notification) show(push);
  },
  onState: (state, reason) => app.states.push(reason ?? state),
  onError: (error) => app.errors.push(`${error.code}: ${error.message}`),
});

function show(push) {
  const button = document.createElement('button');
  button.textContent = push.notification.title;
  button.addEventListener('click', () => app.device.event(push, 'clicked'));
  document.querySelector('#notifications').append(button);
  app.device.event(push, 'shown');
}
