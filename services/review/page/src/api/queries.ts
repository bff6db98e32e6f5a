import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ApiProblem, ask, rememberSession } from './client';
import type { Attention, Chain, ContractPage, History, Queue, Session } from './shapes';

/** What the queue is narrowed to, as the address bar has it. */
export interface QueueFilter {
  readonly status?: string;
  readonly capability?: string;
  readonly risk?: string;
  readonly source?: string;
  readonly q?: string;
  readonly sort?: string;
}

const RETRIES_MAX = 2;

const isAnswered = (error: Error) => error instanceof ApiProblem && error.details.status < 500;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What is refused stays refused; only silence is asked again.
      retry: (count, error) => !isAnswered(error) && count < RETRIES_MAX,
      retryDelay: 500,
    },
  },
});

/** Who is signed in. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      const session = await ask<Session>('/session', { signal });
      rememberSession(session);
      return session;
    },
    staleTime: 60_000,
    // While the service cannot say who is signed in, it is asked again: the page comes up by itself.
    refetchInterval: ({ state: { error } }) => (error && !isAnswered(error) ? 2_000 : false),
  });
}

const PAGE_SIZE = 50;

export function useQueue(filter: QueueFilter) {
  return useInfiniteQuery({
    queryKey: ['queue', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      for (const [name, value] of Object.entries({ ...filter, cursor: pageParam })) if (value) query.set(name, value);
      return ask<Queue>(`/contracts?${query}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useAttention() {
  return useQuery({ queryKey: ['attention'], queryFn: ({ signal }) => ask<Attention>('/attention', { signal }) });
}

export function useContract(id: string) {
  return useQuery({
    queryKey: ['contract', id],
    queryFn: ({ signal }) => ask<ContractPage>(`/contracts/${id}`, { signal }),
  });
}

export function useHistory(id: string) {
  return useQuery({
    queryKey: ['contract', id, 'history'],
    queryFn: ({ signal }) => ask<History>(`/contracts/${id}/history`, { signal }),
  });
}

export function useChain(id: string) {
  return useQuery({
    queryKey: ['contract', id, 'chain'],
    queryFn: ({ signal }) => ask<Chain>(`/contracts/${id}/chain`, { signal }),
  });
}
