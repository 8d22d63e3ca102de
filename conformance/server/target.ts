/** The server under test: where it is, and the app that devices and pushes belong to. */
export interface Target {
  /** `ws(s)://HOST/sdk/v1` */
  url: string;
  /** Base of the upstream API, without a slash at the end. */
  api: string;
  appId: string;
  appKey: string;
  masterSecret: string;
  appSecret: string;
  /** The largest frame that it reads, bytes. */
  maxFrameBytes: number;
}
