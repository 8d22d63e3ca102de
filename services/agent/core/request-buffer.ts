/** A request to the main service, ready to be sent. */
export interface WriteRequest {
  body: Buffer;
  samples: number;
}

export interface RequestBufferLimits {
  maxSamples: number;
  maxBytes: number;
}

/** Requests that wait for the main service, in order. At either bound the oldest go, and their samples are counted. */
export class RequestBuffer {
  #limits: RequestBufferLimits;
  #waiting: WriteRequest[] = [];
  #samples = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(limits: RequestBufferLimits) {
    this.#limits = limits;
  }

  get samples(): number {
    return this.#samples;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Samples that were dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  get first(): WriteRequest | undefined {
    return this.#waiting[0];
  }

  add(request: WriteRequest): void {
    this.#waiting.push(request);
    this.#samples += request.samples;
    this.#bytes += request.body.length;
    const { maxSamples, maxBytes } = this.#limits;
    while (this.#samples > maxSamples || this.#bytes > maxBytes) this.drop(this.first!);
  }

  /** It is delivered. One that had to go while it was under way is gone, and counted as dropped, already. */
  done(request: WriteRequest): void {
    if (this.first !== request) return;
    this.#waiting.shift();
    this.#samples -= request.samples;
    this.#bytes -= request.body.length;
  }

  /** It will not be delivered. */
  drop(request: WriteRequest): void {
    if (this.first !== request) return;
    this.done(request);
    this.#dropped += request.samples;
  }
}
