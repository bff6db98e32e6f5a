import type { ContractChanged } from '@mandate/schemas';
import type { Attention } from './attention.store';
import { type Html, html, page } from './html';
import { instant } from './presentable';

/** The plain read-only list: what needs a human, then the queue. */
export function queuePage(queue: readonly ContractChanged[], attention: Attention): string {
  return page(
    'Mandate: review',
    html`<h1>Review</h1>
<p>This page can only be read. Decisions are taken over HTTP: <code>POST /api/v1/contracts/…/approve</code> or <code>/reject</code>.</p>
<h2>Needs a human now</h2>
${section(
  'Expires soon',
  [...attention.escalated, ...attention.expiring].map(
    (c) => html`<li>${link(c.contract_id, c.title)}, ends ${instant(c.expires_at)}</li>`,
  ),
)}
${section(
  'Waits',
  attention.held.map(
    (c) =>
      html`<li>${link(c.contract_id, c.title)}: ${c.waiting?.reason ?? null}, since ${instant(c.waiting?.since ?? null)}</li>`,
  ),
)}
${section(
  'Stuck',
  attention.stuck.map(
    ({ contract: c, stuck }) =>
      html`<li>${link(c.contract_id, c.title)}: on ${stuck.on}, since ${instant(stuck.since)}</li>`,
  ),
)}
${section(
  'Audit inconclusive',
  attention.inconclusive.map(
    ({ contract: c, audit }) => html`<li>${link(c.contract_id, c.title)}: ${audit.reason}</li>`,
  ),
)}
${section(
  'Incidents',
  attention.incidents.map((i) => html`<li>${link(i.contract_id, i.title)}: ${i.state}, ${i.reason}</li>`),
)}
${section(
  'Escalated issues',
  attention.escalatedIssues.map(
    ({ verdict: v, proposal: p }) =>
      html`<li>${p.title} (${p.severity}, ${p.recommended_action}): ${p.reason} <code>${v.issue_id}</code></li>`,
  ),
)}
<h2>Queue</h2>
<table><thead><tr><th>Contract</th><th>Status</th><th>Risk</th><th>Capabilities</th><th>From</th><th>Expires</th></tr></thead>
<tbody>${queue.map(row)}</tbody></table>`,
  );
}

function section(title: string, items: readonly Html[]): Html {
  return items.length === 0 ? html`<p>${title}: none.</p>` : html`<h3>${title}</h3><ul>${items}</ul>`;
}

function row(c: ContractChanged): Html {
  return html`<tr><td>${link(c.contract_id, c.title)}</td><td>${c.status}</td><td>${c.risk_level}</td>
<td>${c.affected_capabilities.join(', ')}</td><td>${c.origin.source_system} ${c.origin.reference}</td><td>${instant(c.expires_at)}</td></tr>`;
}

function link(contractId: string, title: string): Html {
  return html`<a href="/contracts/${contractId}">${title}</a>`;
}
