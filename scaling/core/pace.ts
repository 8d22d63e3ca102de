/** At most `value` pods, or percent of them, within each period. */
export interface Policy {
  type: 'Pods' | 'Percent';
  value: number;
  periodSeconds: number;
}

export interface Direction {
  /** What was recommended within this time holds a change in this direction back. */
  stabilizationWindowSeconds: number;
  /** The one that allows the larger change counts. */
  policies: Policy[];
}

/** The `behavior` of a HorizontalPodAutoscaler, in its terms. */
export interface Behavior {
  scaleUp: Direction;
  scaleDown: Direction;
}

export interface Limits {
  min: number;
  max: number;
}

/** What was recommended and done lately. */
export interface History {
  recommended: { atMs: number; wanted: number }[];
  changed: { atMs: number; by: number }[];
}

export const noHistory: History = { recommended: [], changed: [] };

/** How many instances there should be now, of those recommended: later, and in smaller steps, as the behavior says. */
export function pace(
  history: History,
  behavior: Behavior,
  limits: Limits,
  state: { current: number; wanted: number; nowMs: number },
): { history: History; replicas: number } {
  const { current, wanted, nowMs } = state;
  const recommended = [...history.recommended, { atMs: nowMs, wanted }];
  const since = (seconds: number): number[] =>
    recommended.filter(({ atMs }) => nowMs - atMs < seconds * 1_000).map((one) => one.wanted);
  const upTo = Math.min(wanted, ...since(behavior.scaleUp.stabilizationWindowSeconds));
  const downTo = Math.max(wanted, ...since(behavior.scaleDown.stabilizationWindowSeconds));
  const stable = Math.min(downTo, Math.max(upTo, current));
  const replicas = limited(history, behavior, limits, current, stable, nowMs);

  const longestMs = longestOf(behavior) * 1_000;
  const changed =
    replicas === current ? history.changed : [...history.changed, { atMs: nowMs, by: replicas - current }];
  const isRecent = ({ atMs }: { atMs: number }): boolean => nowMs - atMs < longestMs;
  return { history: { recommended: recommended.filter(isRecent), changed: changed.filter(isRecent) }, replicas };
}

function limited(
  history: History,
  { scaleUp, scaleDown }: Behavior,
  { min, max }: Limits,
  current: number,
  stable: number,
  nowMs: number,
): number {
  // Limits that were changed hold at once.
  if (current < min) return min;
  if (current > max) return max;
  const startOf = (policy: Policy): number => {
    const inPeriod = history.changed.filter(({ atMs }) => nowMs - atMs < policy.periodSeconds * 1_000);
    return current - inPeriod.reduce((sum, { by }) => sum + by, 0);
  };
  if (stable > current) {
    const most = Math.max(
      ...scaleUp.policies.map((policy) =>
        policy.type === 'Pods' ? startOf(policy) + policy.value : Math.ceil(startOf(policy) * (1 + policy.value / 100)),
      ),
    );
    return Math.max(current, Math.min(stable, most, max));
  }
  if (stable < current) {
    const least = Math.min(
      ...scaleDown.policies.map((policy) =>
        policy.type === 'Pods'
          ? startOf(policy) - policy.value
          : Math.trunc(startOf(policy) * (1 - policy.value / 100)),
      ),
    );
    return Math.min(current, Math.max(stable, least, min));
  }
  return current;
}

function longestOf({ scaleUp, scaleDown }: Behavior): number {
  return Math.max(
    ...[scaleUp, scaleDown].flatMap(({ stabilizationWindowSeconds, policies }) => [
      stabilizationWindowSeconds,
      ...policies.map(({ periodSeconds }) => periodSeconds),
    ]),
  );
}
