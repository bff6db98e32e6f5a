// Compares verdicts with labels and comes to figures.
import { createRequire } from 'node:module';
import { shortOf } from './texts.mjs';

const { validate, judge, factsFor } = createRequire(import.meta.url)('../dist/index.js');

const NOON = 1_736_942_400_000;
const HEALTHY = { health_version: 1, system_health: 'HEALTHY' };
export const TYPES = ['capability_request', 'bug_report', 'configuration_change', 'escalation', 'unknown'];
export const LEVELS = ['low', 'medium', 'high', 'critical'];

/** What the validator says of a text, and whether the gate would let it through on a good day. */
export function verdictOn(text) {
  const proposal = validate(text.issue, text.registry);
  const judged = { ...proposal, source: text.issue.source, issue_id: text.id, contract_id: null, revision: 0 };
  const verdict = judge(judged, factsFor(judged, text.registry, HEALTHY, [], [], NOON, null));
  const { right } = text;
  const changes = shortOf(proposal.suggested_changes);
  const is = {
    type: proposal.issue_type === right.type,
    severity: proposal.severity === right.severity,
    capabilities: same(proposal.affected_capabilities, right.capabilities),
    changes: same(changes, right.changes),
  };
  return { text, proposal, changes, is, mayBe: verdict.verdict === 'MAY' };
}

const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
const share = (list, test) => (list.length === 0 ? null : list.filter(test).length / list.length);

export function figuresOf(verdicts) {
  const asks = verdicts.filter((v) => v.text.right.changes.length > 0);
  const may = verdicts.filter((v) => v.mayBe);
  return {
    texts: verdicts.length,
    type: figuresOfClass(
      verdicts,
      TYPES,
      (v) => v.text.right.type,
      (v) => v.proposal.issue_type,
    ),
    severity: figuresOfClass(
      verdicts,
      LEVELS,
      (v) => v.text.right.severity,
      (v) => v.proposal.severity,
    ),
    capabilities: precisionRecall(
      verdicts,
      (v) => v.text.right.capabilities,
      (v) => v.proposal.affected_capabilities,
    ),
    changes: precisionRecall(
      verdicts,
      (v) => v.text.right.changes,
      (v) => v.changes,
    ),
    exact_changes: { of: asks.length, share: share(asks, (v) => v.is.changes) },
    may: { of: may.length, share: share(may, (v) => v.is.type && v.is.capabilities && v.is.changes) },
    calibration: calibrationOf(verdicts),
  };
}

function figuresOfClass(verdicts, classes, right, said) {
  const per = classes.map((name) => {
    const hits = verdicts.filter((v) => right(v) === name && said(v) === name).length;
    const ofRight = verdicts.filter((v) => right(v) === name).length;
    const ofSaid = verdicts.filter((v) => said(v) === name).length;
    const f1 = ofRight + ofSaid === 0 ? null : (2 * hits) / (ofRight + ofSaid);
    return {
      name,
      texts: ofRight,
      precision: ofSaid ? hits / ofSaid : null,
      recall: ofRight ? hits / ofRight : null,
      f1,
    };
  });
  const scored = per.filter((p) => p.f1 !== null);
  return {
    accuracy: share(verdicts, (v) => right(v) === said(v)),
    macro_f1: scored.reduce((sum, p) => sum + p.f1, 0) / scored.length,
    per,
  };
}

function precisionRecall(verdicts, right, said) {
  let hits = 0;
  let ofRight = 0;
  let ofSaid = 0;
  for (const v of verdicts) {
    ofRight += right(v).length;
    ofSaid += said(v).length;
    hits += said(v).filter((x) => right(v).includes(x)).length;
  }
  return { precision: ofSaid ? hits / ofSaid : null, recall: ofRight ? hits / ofRight : null };
}

/** Ten bins of confidence: what was said, and how often the type was right. */
function calibrationOf(verdicts) {
  const bins = Array.from({ length: 10 }, () => []);
  for (const v of verdicts) bins[Math.min(9, Math.floor(v.proposal.confidence_score * 10 + 1e-9))].push(v);
  const table = bins.flatMap((bin, n) => {
    if (bin.length === 0) return [];
    const confidence = bin.reduce((sum, v) => sum + v.proposal.confidence_score, 0) / bin.length;
    return [{ from: n / 10, texts: bin.length, confidence, right: share(bin, (v) => v.is.type) }];
  });
  const ece = table.reduce((sum, b) => sum + (b.texts / verdicts.length) * Math.abs(b.confidence - b.right), 0);
  return { ece, table };
}
