export { type WebPushInbox, webPushInbox } from './web-push/inbox.ts';
