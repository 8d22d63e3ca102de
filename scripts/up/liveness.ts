export interface LivenessOptions {
  url: string;
  /** The process that answers there now; undefined while there is none. */
  pid: () => number | undefined;
  everyMs: number;
  /** No answer within this counts as a failure. */
  limitMs: number;
  /** Failures in a row of one process after which `onHung` is called; the count begins anew then. */
  threshold: number;
  onHung: () => void;
}

/**
 * Asks a role's live page again and again, as a kubelet does.
 *
 * @returns what ends it.
 */
export function watchLiveness(options: LivenessOptions): () => void {
  let failures = 0;
  let asked: number | undefined;
  let asking = false;
  const timer = setInterval(() => {
    const pid = options.pid();
    if (asking || pid === undefined) return;
    if (pid !== asked) failures = 0;
    asked = pid;
    asking = true;
    void answers(options).then((alive) => {
      asking = false;
      failures = alive ? 0 : failures + 1;
      if (failures < options.threshold || options.pid() !== pid) return;
      failures = 0;
      options.onHung();
    });
  }, options.everyMs);
  return () => clearInterval(timer);
}

async function answers({ url, limitMs }: LivenessOptions): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
