// Multinomial logistic regression by gradient descent, each weight at its own rate (Adagrad), with a penalty on large
// weights. No chance: the same rows give the same weights.

/** @returns the weights of each feature, and the bias, a number a class */
export function fitWeights(rows, classes, { penalty, steps, start }) {
  const width = classes.length;
  const names = [...new Set(rows.flatMap((row) => row.features))].sort();
  const index = new Map(names.map((name, i) => [name, i]));
  const data = rows.map((row) => ({
    ids: row.features.map((f) => index.get(f)),
    right: classes.indexOf(row.right),
    weight: row.weight ?? 1,
  }));
  const total = data.reduce((sum, { weight }) => sum + weight, 0);
  const weights = new Float64Array(names.length * width);
  const bias = new Float64Array(width);
  const seen = new Float64Array(weights.length);
  const biasSeen = new Float64Array(width);
  const move = (value, gradient, history, i) => {
    if (gradient === 0) return;
    history[i] += gradient * gradient;
    value[i] -= (start * gradient) / (Math.sqrt(history[i]) + 1e-9);
  };
  for (let step = 0; step < steps; step++) {
    const gradient = new Float64Array(weights.length);
    const biasGradient = new Float64Array(width);
    for (const { ids, right, weight } of data) {
      const chances = chancesOf(ids, weights, bias, width);
      for (let c = 0; c < width; c++) {
        const miss = (chances[c] - (c === right ? 1 : 0)) * weight;
        biasGradient[c] += miss;
        for (const i of ids) gradient[i * width + c] += miss;
      }
    }
    for (let c = 0; c < width; c++) move(bias, biasGradient[c] / total, biasSeen, c);
    for (let i = 0; i < weights.length; i++) move(weights, (gradient[i] + penalty * weights[i]) / total, seen, i);
  }
  const rowOf = (i) => Array.from(weights.subarray(i * width, (i + 1) * width));
  return { bias: Array.from(bias), weights: new Map(names.map((name, i) => [name, rowOf(i)])) };
}

function chancesOf(ids, weights, bias, width) {
  const sums = Float64Array.from(bias);
  for (const i of ids) for (let c = 0; c < width; c++) sums[c] += weights[i * width + c];
  const top = Math.max(...sums);
  let total = 0;
  for (let c = 0; c < width; c++) {
    sums[c] = Math.exp(sums[c] - top);
    total += sums[c];
  }
  return sums.map((x) => x / total);
}

/** The sum of each class for a row. */
export function sumsOf({ bias, weights }, features) {
  const sums = [...bias];
  for (const f of features) {
    const row = weights.get(f);
    if (row !== undefined) for (let c = 0; c < sums.length; c++) sums[c] += row[c];
  }
  return sums;
}

/** The features that are common enough to tell anything: in so many rows, of so many sources. */
export function common(rows, rowsMin, sourcesMin) {
  const seen = new Map();
  for (const { features, source } of rows) {
    for (const f of features) {
      const entry = seen.get(f) ?? { rows: 0, sources: new Set() };
      entry.rows += 1;
      entry.sources.add(source);
      seen.set(f, entry);
    }
  }
  return new Set([...seen].filter(([, e]) => e.rows >= rowsMin && e.sources.size >= sourcesMin).map(([name]) => name));
}
