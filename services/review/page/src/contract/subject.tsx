import { useMemo } from 'react';
import type { ContractPage } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Scrolled } from '../parts/scrolled';
import { Facts, Section } from '../parts/section';
import { Tag } from '../parts/tag';
import { Id, words } from '../parts/value';
import { linkTo } from '../route';
import type { Span } from '../text/inert';
import { At } from '../time/time-of';
import styles from './contract.module.css';

/** Where the contract comes from, with the issue's own words. */
export function Origin({ contract }: { readonly contract: ContractPage }) {
  const { origin } = contract;
  const evidence = contract.validator_verdict?.evidence;
  const spansOf = useMemo(() => {
    const of = (field: string): Span[] =>
      (evidence ?? [])
        .filter((e) => e.field === field)
        .map((e) => ({ start: e.start, end: e.end, label: words(e.counted_for) }));
    return { subject: of('subject'), body: of('body') };
  }, [evidence]);
  const { issue } = origin;
  return (
    <Section title="Origin" aside={<span className="soft">what counted is underlined</span>}>
      <Facts
        of={{
          Issue: <code>{contract.issue_id}</code>,
          Source: (
            <>
              {words(origin.source)} · <Outside text={`${origin.source_system} ${origin.reference}`} />
            </>
          ),
          Received: <At time={origin.received_at} />,
          'Submitted by': origin.submitter ? <Outside text={origin.submitter} /> : null,
          Tenant: origin.tenant ? <Outside text={origin.tenant} /> : null,
          Hints: hintsOf(issue) ? <Outside text={hintsOf(issue)} /> : null,
          Related: issue?.related_to || issue?.recurrence_of || issue?.follows ? <Related issue={issue} /> : null,
        }}
      />
      {issue ? (
        <Scrolled label="The issue’s own words">
          <strong className={styles.subject}>
            <Outside text={issue.subject} spans={spansOf.subject} />
          </strong>
          <Outside text={issue.body} spans={spansOf.body} />
        </Scrolled>
      ) : (
        <p className="soft">The issue’s words have not arrived here yet.</p>
      )}
    </Section>
  );
}

type Issue = NonNullable<ContractPage['origin']['issue']>;

function hintsOf(issue: ContractPage['origin']['issue']): string {
  if (!issue) return '';
  const { severity, capabilities, change } = issue.hints;
  return [
    severity && `severity ${severity}`,
    capabilities.length > 0 && `capabilities ${capabilities.join(', ')}`,
    change && `change ${change}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function Related({ issue }: { readonly issue: Issue }) {
  const links = { 'recurrence of': issue.recurrence_of, 'related to': issue.related_to, follows: issue.follows };
  return (
    <>
      {Object.entries(links).map(([how, id]) =>
        id ? (
          <div key={how}>
            {how}{' '}
            <a
              {...linkTo(
                `/?q=${id}&status=DRAFT,VALIDATED,ELIGIBLE,APPROVED,ACTIVE,COMPLETED,FAILED,REJECTED,EXPIRED,SUPERSEDED`,
              )}
            >
              <Id of={id} />
            </a>
          </div>
        ) : null,
      )}
    </>
  );
}

/** What the validator advised; an advice, not a decision. */
export function ValidatorVerdict({ verdict }: { readonly verdict: ContractPage['validator_verdict'] }) {
  if (!verdict) {
    return (
      <Section title="Validator verdict">
        <p className="soft">Not validated yet.</p>
      </Section>
    );
  }
  const { unknown_capabilities, suggestions } = verdict;
  return (
    <Section title="Validator verdict" aside={<code className="soft">{verdict.validator_version}</code>}>
      <Facts
        of={{
          Type: words(verdict.issue_type),
          Severity: <Tag word={verdict.severity} />,
          Confidence: verdict.confidence_score.toFixed(2),
          Recommendation: words(verdict.recommended_action),
          Reason: <Outside text={verdict.reason} />,
          'Not known': unknown_capabilities.length > 0 ? <Outside text={unknown_capabilities.join(', ')} /> : null,
          Suggestions: suggestions.length > 0 ? <Outside text={suggestions.join(', ')} /> : null,
        }}
      />
    </Section>
  );
}

const ESTIMATES: Readonly<Record<string, string>> = { none: 'none expected', unknown: 'not known' };

export function Risk({ risk }: { readonly risk: ContractPage['risk'] }) {
  const { estimate, completed, failed, reason } = risk.health_impact;
  return (
    <Section title="Risk assessment" mark={<Tag word={risk.level} />}>
      <Facts
        of={{
          'Risk level': risk.level,
          'Health impact': (
            <>
              {ESTIMATES[estimate] ?? words(estimate)}. {reason}
            </>
          ),
          'Earlier changes like it': `${completed} completed, ${failed} failed`,
        }}
      />
    </Section>
  );
}
