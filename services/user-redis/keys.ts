/**
 * Every key of the users' Redis. Keys of one device share the hash tag `{cid}`, so that a script stays within one slot of
 * a cluster; nothing spans slots in one command.
 */
export class Keys {
  #prefix: string;

  /** @param prefix the product line's, so that several may share one Redis. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /**
   * String `node boot conn acked attachedAt bseq`; `- - 0` stands for no route, `bseq` is that of the last attach. TTL:
   * `routeTtlMs`, renewed by each attach.
   * With a `!` before it the device is blacklisted. That has no TTL: a mark that ran out would let the device in while MySQL
   * is away, and there are no more of them than the blacklist has devices.
   */
  device(cid: string): string {
    return `${this.#prefix}:d:{${cid}}`;
  }

  /** Sorted set: member `exp:task`, score `seq`. TTL: the latest `exp` in it. */
  queue(cid: string): string {
    return `${this.#prefix}:q:{${cid}}`;
  }

  /**
   * String: the position at which a device first got a task that it gets once. TTL: the task's `exp`; of a task for this device alone ten
   * minutes, or to its `exp` if that is longer.
   */
  once(cid: string, task: string): string {
    return `${this.#prefix}:o:{${cid}}:${task}`;
  }

  /** String: the encoded push, once a task; empty once it was stopped. TTL: the task's `exp` and a minute. */
  body(task: string): string {
    return `${this.#prefix}:b:${task}`;
  }

  /** Sorted set: member `exp:stored:task` with stored `1` or `0`, score `bseq`. TTL: the latest `exp` in it. */
  broadcasts(app: string): string {
    return `${this.#prefix}:a:{${app}}`;
  }

  /** String: the position a record of several devices was first seen at. TTL: ten minutes, or to the record's `exp` if that is longer. */
  record(id: string): string {
    return `${this.#prefix}:r:${id}`;
  }

  /** Hash: partition (of the broadcast topic: 1,024 more) → `<run id> ready` or `<run id> replaying <replay>`. No TTL: it must go only when everything goes. */
  views(): string {
    return `${this.#prefix}:{views}`;
  }

  /**
   * String `<run id> <keys it had dropped>`: that nothing is missing from the master which has this slot. One for each of
   * some hundred slots in a Cluster, so that each master has some. No TTL: it must go only when everything there goes.
   */
  witness(tag: string): string {
    return `${this.#prefix}:w:{${tag}}`;
  }

  /** String `boot address term`. TTL: the lease's. */
  lease(node: string): string {
    return `${this.#prefix}:{nodes}:${node}`;
  }

  /** Sorted set: the generations of the route topic that roles have said, score = until when each counts (ms). TTL: a minute. */
  layout(): string {
    return `${this.#prefix}:{layout}`;
  }

  /** Sorted set: node, score = when its lease ends (ms). Old ones are removed by each renewal. TTL: the lease's. */
  nodes(): string {
    return `${this.#prefix}:{nodes}`;
  }

  /** String `R owner until day` while it runs, afterwards `E day mark answer`, or `D day answer` of an owner without a mark. TTL: 24 h. */
  request(app: string, requestId: string): string {
    return `${this.#prefix}:i:{${app}}:${requestId}`;
  }

  /** String: the call that claimed it, `1` where it has no identity. TTL: given by the caller. */
  nonce(app: string, nonce: string): string {
    return `${this.#prefix}:n:{${app}}:${nonce}`;
  }

  /** Integer: uses in the window that began at `window`. TTL: two windows. */
  rate(app: string, name: string, window: number): string {
    return `${this.#prefix}:c:{${app}}:${name}:${window}`;
  }

  /** String: what a call that counts was answered. TTL: 15 s. */
  rateCall(app: string, call: string): string {
    return `${this.#prefix}:h:{${app}}:${call}`;
  }

  /** String: 0 if a request's quota was taken, else which of its counters refused it. TTL: 15 s. */
  claim(app: string, id: string): string {
    return `${this.#prefix}:g:{${app}}:${id}`;
  }

  /** String `1`. TTL: as long as the token would be valid. */
  revoked(tokenId: string): string {
    return `${this.#prefix}:t:${tokenId}`;
  }
}
