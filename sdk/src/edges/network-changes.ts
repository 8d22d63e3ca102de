/** Calls `changed` when the browser finds or loses its network; outside of browsers never. The answer ends that. */
export function onNetworkChange(changed: () => void): () => void {
  const target: Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> =
    typeof window === 'undefined' ? {} : window;
  target.addEventListener?.('online', changed);
  target.addEventListener?.('offline', changed);
  return () => {
    target.removeEventListener?.('online', changed);
    target.removeEventListener?.('offline', changed);
  };
}
