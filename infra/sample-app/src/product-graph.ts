/** A small shop: each product has a fixed description and eight products that are bought with it. */
export const PRODUCT_COUNT = 2_000;
export const NEIGHBOURS = 8;
const TRAITS = 12;

export interface ProductGraph {
  /** `NEIGHBOURS` product numbers for each product, one after another. */
  readonly neighbours: Uint16Array;
  /** `TRAITS` numbers from 0 to 1 for each product. */
  readonly traits: Float64Array;
}

/** Makes the same graph every time, from a linear congruential generator. */
export function makeGraph(): ProductGraph {
  let seed = 20_240_229;
  const next = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const traits = Float64Array.from({ length: PRODUCT_COUNT * TRAITS }, next);
  const neighbours = Uint16Array.from({ length: PRODUCT_COUNT * NEIGHBOURS }, () => Math.floor(next() * PRODUCT_COUNT));
  return { neighbours, traits };
}

export interface Found {
  readonly product: number;
  readonly score: number;
}

/**
 * Finds what goes with a product: follows every path of up to `hops` purchases and adds up how well each product on the
 * way fits the first one, so that what is reached in many ways ranks high. A path more costs its own work: with eight
 * neighbours each hop makes the search eight times as long.
 */
export function search(graph: ProductGraph, start: number, hops: number, count = 10): readonly Found[] {
  const scores = new Float64Array(PRODUCT_COUNT);
  const visit = (product: number, left: number, weight: number): void => {
    scores[product] = (scores[product] as number) + weight * affinity(graph, start, product);
    if (left === 0) return;
    const first = product * NEIGHBOURS;
    for (let i = 0; i < NEIGHBOURS; i++) visit(graph.neighbours[first + i] as number, left - 1, weight * 0.3);
  };
  visit(start, hops, 1);
  return Array.from(scores, (score, product) => ({ product, score }))
    .filter((f) => f.score > 0 && f.product !== start)
    .sort((a, b) => b.score - a.score || a.product - b.product)
    .slice(0, count);
}

function affinity({ traits }: ProductGraph, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < TRAITS; i++) sum += (traits[a * TRAITS + i] as number) * (traits[b * TRAITS + i] as number);
  return sum / TRAITS;
}

/** The product that a query means first: the same for the same words. */
export function firstMatch(query: string): number {
  let hash = 2_166_136_261;
  for (const character of query.trim().toLowerCase())
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 16_777_619) >>> 0;
  return hash % PRODUCT_COUNT;
}
