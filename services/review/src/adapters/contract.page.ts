import type { toContractPage } from './contract.view';
import { type Html, html, page } from './html';

type Page = ReturnType<typeof toContractPage>;
const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** One contract, in the order of the founding text, to be read and nothing else. */
export function contractPage(p: Page): string {
  return page(
    `Contract review: ${p.title}`,
    html`<p><a href="/">Queue</a></p>
<h1>Contract review: ${p.title}</h1>
${facts({ Contract: p.contract_id, Status: p.status, Reason: p.status_reason, Revision: p.revision, Expires: p.expires_at })}
<h2>Origin</h2>
${facts({ Issue: p.issue_id, Source: p.source, From: `${p.source_system} ${p.reference}`, Received: p.origin.received_at })}
<pre>${p.origin.issue ? `${p.origin.issue.subject}\n\n${p.origin.issue.body}` : 'The words of this issue are not known here.'}</pre>
<h2>Validator verdict</h2><pre>${json(p.validator_verdict)}</pre>
<h2>Proposed changes</h2><pre>${json(p.proposed_changes)}</pre>
<h2>Affected capabilities</h2>
<table><thead><tr><th>Name</th><th>Health</th><th>Lifecycle</th><th>Enabled</th><th>Frozen</th></tr></thead>
<tbody>${p.affected_capabilities.map((c) => html`<tr><td>${c.name}</td><td>${c.health}</td><td>${c.lifecycle}</td><td>${String(c.enabled)}</td><td>${String(c.frozen)}</td></tr>`)}</tbody></table>
<h2>Risk</h2>${facts({ Level: p.risk.level })}<pre>${json(p.risk.health_impact)}</pre>
<h2>Eligibility</h2>
${p.eligibility ? facts({ Decision: p.eligibility.verdict, 'Rules passed': `${p.eligibility.rules_passed} of ${p.eligibility.rules_total}` }) : html`<p>Not judged yet.</p>`}
<h2>Activation window</h2><pre>${json(p.activation)}</pre>
<h2>Decisions</h2>
${facts({ Approve: p.actions.approve.sentence ?? 'can be approved', Reject: p.actions.reject.sentence ?? 'can be rejected' })}
<p>Approving means: ${p.approval_means}</p>
<h2>What happened after</h2><pre>${json(p.progress)}</pre>
<p>Dossier <code>${p.dossier_digest}</code></p>`,
  );
}

function facts(of: Readonly<Record<string, string | number | null>>): Html {
  return html`<dl>${Object.entries(of).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
