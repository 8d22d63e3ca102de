import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram as Hdr } from 'hdr-histogram-js';

/** Longest time that is told apart, µs: 10 min. A longer one counts as this. */
const longestUs = 600_000_000;
/** Of a value; so it is right to 0.1 %. */
const digits = 3;

/** Percentiles of a latency, ms; of a histogram without samples the count alone. */
export interface LatencySummary {
  count: number;
  min?: number;
  mean?: number;
  p50?: number;
  p90?: number;
  p99?: number;
  p999?: number;
  max?: number;
}

/** How often each latency occurred: an HDR histogram of µs in about 90 kB, whatever the number of samples. */
export class Latency {
  #hdr: Hdr = emptyHdr();

  get count(): number {
    return this.#hdr.totalCount;
  }

  record(us: number): void {
    this.#hdr.recordValue(Math.min(longestUs, Math.max(0, Math.round(us))));
  }

  add(other: Latency): void {
    if (other.count > 0) this.#hdr.add(other.#hdr);
  }

  reset(): void {
    this.#hdr.reset();
  }

  /** Base64, some kB; undefined without samples. */
  encode(): string | undefined {
    return this.count === 0 ? undefined : encodeIntoCompressedBase64(this.#hdr);
  }

  addEncoded(text: string | undefined): void {
    if (text !== undefined) this.#hdr.add(decodeFromCompressedBase64(text, 32, false));
  }

  /** ms. @param percentile 0 to 100. */
  at(percentile: number): number {
    return toMs(this.#hdr.getValueAtPercentile(percentile));
  }

  summary(): LatencySummary {
    const { totalCount: count, minNonZeroValue, mean, maxValue } = this.#hdr;
    if (count === 0) return { count };
    return {
      count,
      min: toMs(Math.min(minNonZeroValue, this.#hdr.getValueAtPercentile(0))),
      mean: toMs(mean),
      p50: this.at(50),
      p90: this.at(90),
      p99: this.at(99),
      p999: this.at(99.9),
      max: toMs(maxValue),
    };
  }
}

function emptyHdr(): Hdr {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestUs,
    numberOfSignificantValueDigits: digits,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
}

/** To 0.001 ms. */
function toMs(us: number): number {
  return Math.round(us) / 1_000;
}
