const offsetMs = Number(process.hrtime.bigint()) / 1_000_000 - performance.now();

/** µs of the machine's monotonic clock: the same in every process of the machine. */
export function nowUs(): number {
  return (performance.now() + offsetMs) * 1_000;
}
