import type { ContractPage, RuleResult } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Scrolled } from '../parts/scrolled';
import { Facts, Section } from '../parts/section';
import { Tag } from '../parts/tag';
import { At } from '../time/time-of';
import styles from './contract.module.css';

/** The gate's verdict: how many rules passed, and each with what it saw. */
export function EligibilityVerdict({ eligibility }: { readonly eligibility: ContractPage['eligibility'] }) {
  if (!eligibility) {
    return (
      <Section title="Eligibility">
        <p className="soft">Not judged yet.</p>
      </Section>
    );
  }
  const { verdict, rules_passed, rules_total, rules, judged_at, rules_version } = eligibility;
  return (
    <Section
      title="Eligibility"
      mark={<Tag word={verdict} />}
      aside={<span className="soft">{`${rules_passed} of ${rules_total} rules passed`}</span>}
    >
      <Facts
        of={{
          Decision: verdict.replace('_', ' '),
          'Rules passed': `${rules_passed} of ${rules_total}`,
          Judged: <At time={judged_at} />,
          Rules: <code>{rules_version}</code>,
        }}
      />
      <div className={styles.rules}>
        {rules.map((rule) => (
          <Rule key={rule.id} rule={rule} />
        ))}
      </div>
    </Section>
  );
}

function Rule({ rule }: { readonly rule: RuleResult }) {
  const need = (rule.need as { text?: string } | null)?.text;
  return (
    <details className={styles.rule}>
      <summary>
        <Tag word={rule.passed ? 'passed' : 'failed'} tone={rule.passed ? 'good' : 'bad'} />
        <code>{rule.id}</code>
        <span>{rule.asks}</span>
      </summary>
      {need ? (
        <p>
          Needed: <Outside text={need} />
        </p>
      ) : null}
      <Scrolled label={`What ${rule.id} saw`}>
        <pre>
          <Outside text={JSON.stringify(rule.saw, null, 2) ?? 'nothing'} />
        </pre>
      </Scrolled>
    </details>
  );
}
