import { useInfiniteQuery } from '@tanstack/react-query';
import type { Query } from './client.ts';
import { asCallError, type CallError } from './errors.ts';
import { useClient } from './session.tsx';
import type { Page } from './types.ts';

export interface Paged<Item> {
  /** Undefined while the first page is under way. */
  items: Item[] | undefined;
  error: CallError | undefined;
  /** Undefined at the end. */
  more: (() => void) | undefined;
  loadingMore: boolean;
  refresh(): void;
}

const pageSize = 50;
/** Pages kept of one list; further ones take the place of the first. */
const maxPages = 40;

/** A list that is read page after page, by key. A `limit` that is undefined leaves the size to the backend. */
export function usePaged<Item>(path: string, query: Query = {}, enabled = true): Paged<Item> {
  const client = useClient();
  const result = useInfiniteQuery({
    queryKey: [path, query],
    queryFn: ({ pageParam }) =>
      client.call<Page<Item>>('GET', path, { query: { limit: pageSize, ...query, after: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    maxPages,
    enabled,
  });
  return {
    items: result.data?.pages.flatMap((page) => page.items),
    error: result.error ? asCallError(result.error) : undefined,
    more: result.hasNextPage ? () => void result.fetchNextPage() : undefined,
    loadingMore: result.isFetchingNextPage,
    refresh: () => void result.refetch(),
  };
}
