import { useLocation } from 'wouter';
import { useAsk } from '../api/queries.ts';
import type { AppSummary, Page } from '../api/types.ts';
import { usePreferences } from './preferences.tsx';

/** Apps that the switcher offers; the page of apps has them all. */
const offered = 200;

export function useApps() {
  return useAsk<Page<AppSummary>>('apps', { query: { limit: offered } });
}

/** The app that the address names, or the one that was looked at last, or the first; undefined while none is known. */
export function useCurrentApp(): string | undefined {
  const [at] = useLocation();
  const { app: preferred } = usePreferences();
  const { data } = useApps();
  const named = /^\/apps\/([^/]+)/.exec(at)?.[1];
  if (named !== undefined) return decodeURIComponent(named);
  const found = data?.items.find((item) => item.appId === preferred) ?? data?.items[0];
  return found?.appId;
}

/** What to call an app: its name, or its id while that is all that is known. */
export function useAppName(app: string): string {
  const { data } = useApps();
  return data?.items.find(({ appId }) => appId === app)?.name ?? app;
}
