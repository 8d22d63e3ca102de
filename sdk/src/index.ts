export { type ConnectOptions, connect } from './connect.ts';
export type { StopReason } from './core/close-policy.ts';
export type { DeviceState, Identity, StoredEvent } from './core/device-state.ts';
export type { Device, DeviceStatus } from './device.ts';
export { localStorageStorage } from './edges/local-storage.ts';
export type { Sign, SignRequest } from './edges/sign.ts';
export type { WebSocketConstructor, WebSocketLike } from './edges/web-socket.ts';
export { DeviceError, type DeviceErrorCode } from './errors.ts';
export type {
  DeviceInfo,
  EventAction,
  KickReason,
  Notification,
  Push,
  PushContent,
  Revoke,
  VendorKind,
} from './frames.ts';
export { type DeviceStorage, memoryStorage } from './storage.ts';
export type { Tuning } from './tuning.ts';
export type { WebPushSubscription } from './web-push/subscribe.ts';
