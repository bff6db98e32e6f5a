import { useQuery } from '@tanstack/react-query';
import { useSession } from '../api/queries';
import type { FounderKey } from '../api/shapes';
import { keptKeyIds } from './key-store';
import { usableKeys } from './sign';

const PENDING_POLL_MS = 1_000;

/** What the founder can sign with in this browser, and whether a key is on its way into the manifest. */
export function useSigningKeys(): {
  readonly keys: readonly FounderKey[];
  readonly isPending: boolean;
  readonly keptIds: readonly string[];
} {
  const session = useSession();
  const all = session.data?.keys ?? [];
  const kept = useQuery({ queryKey: ['kept-keys', all.map((key) => key.key_id)], queryFn: keptKeyIds });
  const keptIds = kept.data ?? [];
  const isPending = all.some((key) => key.status === 'pending' && keptIds.includes(key.key_id));
  useQuery({
    queryKey: ['pending-keys'],
    queryFn: async () => {
      await session.refetch();
      return null;
    },
    enabled: isPending,
    refetchInterval: PENDING_POLL_MS,
  });
  return { keys: usableKeys(all, keptIds), isPending, keptIds };
}
