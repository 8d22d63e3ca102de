export interface PageListener {
  /** The network came or went, or the page is seen again: is the connection still there? */
  check(): void;
  /** The page is put away, and may come back as it is: frozen, or into the browser's back/forward cache. */
  suspend(): void;
  wake(): void;
}

/** React Native has a window, but no events of one. */
type Target = Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;
type Surroundings = { window?: Target; document?: Target & { visibilityState?: string } };

/**
 * What happens to the page that this runs in; outside of pages nothing does. The answer ends that.
 *
 * @param changes calls `check` for more than that; its answer ends it
 */
export function onPageChange(
  { check, suspend, wake }: PageListener,
  changes?: (check: () => void) => () => void,
): () => void {
  const { document, window }: Surroundings = globalThis;
  const heard: [Target | undefined, string, (event: Event) => void][] = [
    [window, 'online', check],
    [window, 'offline', check],
    [window, 'pagehide', (event) => (event as PageTransitionEvent).persisted && suspend()],
    [window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && wake()],
    [document, 'visibilitychange', () => document?.visibilityState === 'visible' && check()],
    [document, 'freeze', suspend],
    [document, 'resume', wake],
  ];
  for (const [target, type, run] of heard) target?.addEventListener?.(type, run);
  const end = changes?.(check);
  return () => {
    end?.();
    for (const [target, type, run] of heard) target?.removeEventListener?.(type, run);
  };
}
