import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type Found, firstMatch, makeGraph, search } from './product-graph';

export interface SearchRequest {
  readonly id: number;
  readonly query: string;
  readonly hops: number;
}
export interface SearchReply {
  readonly id: number;
  readonly found: readonly Found[];
}

// On Linux this is the priority of this thread alone: a long search must not take the machine from everything else, and
// a short one must still get its turn.
if (process.platform === 'linux') setPriority(5);
const graph = makeGraph();
parentPort?.on('message', ({ id, query, hops }: SearchRequest) => {
  parentPort?.postMessage({ id, found: search(graph, firstMatch(query), hops) } satisfies SearchReply);
});
