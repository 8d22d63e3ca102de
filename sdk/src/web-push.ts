export { type WebPushInbox, webPushInbox } from './web-push/inbox.ts';
export { subscribeWebPush } from './web-push/subscribe.ts';
