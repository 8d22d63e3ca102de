import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Method, Query } from './client.ts';
import { asCallError, type CallError } from './errors.ts';
import { useClient } from './session.tsx';

export interface Asked<Answer> {
  /** Undefined while it is under way. */
  data: Answer | undefined;
  error: CallError | undefined;
  refresh(): void;
}

/** One answer, kept until something of it changes. `everyMs`: asked anew so often while the page is seen. */
export function useAsk<Answer>(
  path: string | undefined,
  options: { query?: Query; everyMs?: number } = {},
): Asked<Answer> {
  const client = useClient();
  const result = useQuery({
    queryKey: [path, options.query ?? {}],
    queryFn: () => client.call<Answer>('GET', path!, options.query === undefined ? {} : { query: options.query }),
    enabled: path !== undefined,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
  });
  return {
    data: result.data,
    error: result.error ? asCallError(result.error) : undefined,
    refresh: () => void result.refetch(),
  };
}

export interface Change<Body, Answer> {
  run(body: Body): Promise<Answer>;
  busy: boolean;
  error: CallError | undefined;
  reset(): void;
}

/** A call that changes something; what begins with `touches` is read anew after it. */
export function useChange<Body, Answer = unknown>(
  method: Exclude<Method, 'GET'>,
  path: string,
  touches: string[] = [],
): Change<Body, Answer> {
  const change = useChangeOf<undefined, Body, Answer>(method, () => path, touches);
  return { ...change, run: (body) => change.run({ of: undefined, body }) };
}

/** The same of one of several things, whose path is known when it is made. */
export function useChangeOf<Thing, Body, Answer = unknown>(
  method: Exclude<Method, 'GET'>,
  path: (of: Thing) => string,
  touches: string[] = [],
): Change<{ of: Thing; body: Body }, Answer> {
  const client = useClient();
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ of, body }: { of: Thing; body: Body }) =>
      client.call<Answer>(method, path(of), body === undefined ? {} : { body }),
    onSuccess: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey }) => touches.some((touch) => String(queryKey[0]).startsWith(touch)),
      }),
  });
  return {
    run: mutation.mutateAsync,
    busy: mutation.isPending,
    error: mutation.error ? asCallError(mutation.error) : undefined,
    reset: mutation.reset,
  };
}
