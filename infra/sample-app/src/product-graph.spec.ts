import { firstMatch, makeGraph, NEIGHBOURS, PRODUCT_COUNT, search } from './product-graph';

describe('the product graph', () => {
  const graph = makeGraph();

  it('is the same every time', () => {
    expect(makeGraph()).toEqual(graph);
    expect(graph.neighbours.length).toBe(PRODUCT_COUNT * NEIGHBOURS);
    expect(Math.max(...graph.neighbours)).toBeLessThan(PRODUCT_COUNT);
  });

  it('gives the same answer for the same words, best first', () => {
    const found = search(graph, firstMatch('Chair '), 3);
    expect(found).toEqual(search(graph, firstMatch('chair'), 3));
    expect(found).toHaveLength(10);
    expect([...found].sort((a, b) => b.score - a.score)).toEqual(found);
  });

  it('walks no further than it is told to', () => {
    const start = firstMatch('chair');
    const near = new Set(graph.neighbours.subarray(start * NEIGHBOURS, (start + 1) * NEIGHBOURS));
    expect(search(graph, start, 0)).toEqual([]);
    for (const { product } of search(graph, start, 1)) expect(near).toContain(product);
  });
});
