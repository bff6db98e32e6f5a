// Panels of a Grafana dashboard as plain objects.
const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };
const WIDTH = 24;

/** A panel; `targets` are [query, legend]. Red from `red` on. */
export function panel(title, targets, { unit = 'short', red, type = 'timeseries', w = 8, h = 6 } = {}) {
  const steps = [{ color: 'green', value: null }, ...(red === undefined ? [] : [{ color: 'red', value: red }])];
  return {
    title,
    type,
    datasource: DATASOURCE,
    gridPos: { w, h },
    fieldConfig: { defaults: { unit, thresholds: { mode: 'absolute', steps } }, overrides: [] },
    targets: targets.map(([expr, legendFormat = ''], i) => ({
      refId: String.fromCharCode(65 + i),
      datasource: DATASOURCE,
      expr,
      legendFormat,
    })),
  };
}

export const stat = (title, expr, options = {}) => panel(title, [[expr]], { type: 'stat', w: 6, h: 4, ...options });
export const row = (title) => ({ title, type: 'row', collapsed: false, panels: [], gridPos: { w: WIDTH, h: 1 } });

/** Puts panels side by side, a new line where one does not fit, and numbers them. */
export function placed(panels) {
  let [x, y, lineHeight] = [0, 0, 0];
  return panels.map((one, i) => {
    const { w, h } = one.gridPos;
    if (x + w > WIDTH) [x, y, lineHeight] = [0, y + lineHeight, 0];
    const gridPos = { x, y, w, h };
    x += w;
    lineHeight = Math.max(lineHeight, h);
    return { id: i + 1, ...one, gridPos };
  });
}
