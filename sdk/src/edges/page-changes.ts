export interface PageListener {
  /** The network came or went, or the page is seen again: is the connection still there? */
  check(): void;
  /** The page is put away, and may come back as it is: frozen, or into the browser's back/forward cache. */
  suspend(): void;
  wake(): void;
}

type Target = Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;

/** What happens to the page that this runs in; outside of pages nothing does. The answer ends that. */
export function onPageChange({ check, suspend, wake }: PageListener): () => void {
  const page: Target = typeof window === 'undefined' ? {} : window;
  const shown: Target & { visibilityState?: string } = typeof document === 'undefined' ? {} : document;
  const heard: [Target, string, (event: Event) => void][] = [
    [page, 'online', check],
    [page, 'offline', check],
    [page, 'pagehide', (event) => (event as PageTransitionEvent).persisted && suspend()],
    [page, 'pageshow', (event) => (event as PageTransitionEvent).persisted && wake()],
    [shown, 'visibilitychange', () => shown.visibilityState === 'visible' && check()],
    [shown, 'freeze', suspend],
    [shown, 'resume', wake],
  ];
  for (const [target, type, run] of heard) target.addEventListener?.(type, run);
  return () => {
    for (const [target, type, run] of heard) target.removeEventListener?.(type, run);
  };
}
