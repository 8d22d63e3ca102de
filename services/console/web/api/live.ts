import { useEffect, useState } from 'react';
import { urlOf } from './client.ts';
import { asCallError, type CallError, errorOf } from './errors.ts';
import { useClient } from './session.tsx';

export interface Live<State> {
  /** The latest state; undefined before the first. */
  data: State | undefined;
  /** Whether the stream is open: without it `data` is old. */
  connected: boolean;
  error: CallError | undefined;
}

const retryMinMs = 1_000;
const retryMaxMs = 30_000;

/**
 * The state of a call, then each new one as it comes. Only the latest is kept. A page that nobody sees holds no stream: a
 * browser has six connections to a host at most.
 */
export function useLive<State>(path: string | undefined): Live<State> {
  const client = useClient();
  const [live, setLive] = useState<Live<State>>(nothing);

  useEffect(() => {
    setLive(nothing);
    if (path === undefined) return;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let retryMs = retryMinMs;
    let ended = false;

    const close = (): void => {
      source?.close();
      source = undefined;
      clearTimeout(timer);
    };
    const open = (): void => {
      close();
      if (document.hidden) return;
      source = new EventSource(urlOf(`${path}/live`));
      source.addEventListener('state', ({ data }: MessageEvent<string>) => {
        retryMs = retryMinMs;
        setLive({ data: JSON.parse(data) as State, connected: true, error: undefined });
      });
      source.addEventListener('fault', ({ data }: MessageEvent<string>) => {
        setLive((now) => ({ ...now, error: errorOf(0, JSON.parse(data), null) }));
      });
      source.onerror = () => {
        close();
        setLive((now) => ({ ...now, connected: false }));
        void ask();
      };
    };
    /** A stream doesn't say why it failed, so the plain call is asked; it waits for a sign-in if that is the reason. */
    const ask = async (): Promise<void> => {
      try {
        const data = await client.call<State>('GET', path);
        if (!ended) setLive({ data, connected: false, error: undefined });
      } catch (error) {
        if (!ended) setLive((now) => ({ ...now, connected: false, error: asCallError(error) }));
      }
      if (ended || source !== undefined) return;
      timer = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, retryMaxMs);
    };
    const onVisibility = (): void => (document.hidden ? close() : open());

    document.addEventListener('visibilitychange', onVisibility);
    open();
    return () => {
      ended = true;
      document.removeEventListener('visibilitychange', onVisibility);
      close();
    };
  }, [client, path]);

  return live;
}

const nothing: Live<never> = { data: undefined, connected: false, error: undefined };
