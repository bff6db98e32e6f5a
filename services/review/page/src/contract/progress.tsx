import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { Audit, ContractPage, Evaluation, Job } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Scrolled } from '../parts/scrolled';
import { Section } from '../parts/section';
import { Tag } from '../parts/tag';
import { Value, valueText, words } from '../parts/value';
import { Ago } from '../time/time-of';
import { CHECKS, INVARIANTS } from './check-words';
import styles from './contract.module.css';
import { IncidentOf } from './incident';

const Attest = lazy(() => import('./actions/signed-action').then((m) => ({ default: m.Attest })));

/** What happens after the approval, as it happens: job, evaluation, audit, incident. */
export function Progress({
  contract,
  onSaid,
}: {
  readonly contract: ContractPage;
  readonly onSaid: (sentence: string) => void;
}) {
  const { jobs, evaluations, audits, incident } = contract.progress;
  const isAhead = jobs.length === 0;
  if (isAhead && !['APPROVED', 'ACTIVE'].includes(contract.status)) return null;
  return (
    <Section title="Progress" mark={contract.status === 'ACTIVE' ? <Tag word="in progress" tone="warn" /> : null}>
      <div className={styles.timeline} aria-live="polite">
        {isAhead ? (
          <p className="soft">
            {contract.status === 'APPROVED'
              ? 'Approved; it has not become active yet.'
              : 'Active; the executor has not begun yet.'}
          </p>
        ) : null}
        {jobs.map((job) => (
          <JobOf key={job.job_id} job={job} />
        ))}
        {evaluations.map((evaluation) => (
          <EvaluationOf key={evaluation.evaluation_id} evaluation={evaluation} />
        ))}
        {audits.map((audit) => (
          <AuditOf key={audit.audit_id} audit={audit} onSaid={onSaid} />
        ))}
        {incident ? <IncidentOf incident={incident} onSaid={onSaid} /> : null}
      </div>
    </Section>
  );
}

const kindOf = (kind: string) => (kind === 'ROLLBACK' ? 'Rollback' : 'Change');

function JobOf({ job }: { readonly job: Job }) {
  return (
    <div className={styles.entry}>
      <div className={styles.line}>
        <strong>{kindOf(job.kind)} job</strong>
        <Tag word={job.state} />
        {job.attempt > 1 ? <span className="soft">attempt {job.attempt}</span> : null}
        <span className={styles.small}>
          <Ago time={job.ended_at ?? job.started_at ?? job.created_at} />
        </span>
      </div>
      {job.reason ? <div className="soft">{job.reason}</div> : null}
      <ol>
        {job.steps.map((step) => (
          <li key={step.index} className={styles.line}>
            <Tag word={step.state} />
            <span>
              <code>{step.capability}</code> {step.settings.length === 0 ? words(step.change_kind) : null}
              {step.settings.map((s) => (
                <span key={s.key}>
                  {' '}
                  <code>{s.key}</code> <Value of={s.old} /> → <Value of={s.new} />
                </span>
              ))}
            </span>
            {step.detail ? <span className={styles.small}>{step.detail}</span> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}

function EvaluationOf({ evaluation }: { readonly evaluation: Evaluation }) {
  const { invariants, capabilities_healthy, execution_matched, scopes } = evaluation;
  return (
    <details className={styles.rule}>
      <summary>
        <strong>Evaluation</strong>
        <Tag
          word={
            invariants.some((i) => i.holds === 'NO') || capabilities_healthy === 'NO' || execution_matched === 'NO'
              ? 'NO'
              : [capabilities_healthy, execution_matched].includes('UNKNOWN')
                ? 'UNKNOWN'
                : 'YES'
          }
        >
          {evaluation.kind === 'ROLLBACK' ? 'rollback' : 'change'}
        </Tag>
        <span className="soft">{evaluation.reason}</span>
      </summary>
      <ul>
        <Answer word={capabilities_healthy} says="capabilities remained healthy" />
        <Answer word={execution_matched} says="execution matched the proposal" />
        {invariants.map((i) => (
          <Answer key={i.id} word={i.holds} says={`${i.id}: ${INVARIANTS[i.id] ?? ''}`} />
        ))}
        {scopes.map((s) => (
          <li key={s.scope} className={styles.small}>
            {s.scope}: {s.before} before, {s.after} after, worst {s.worst}, {s.samples} observations
          </li>
        ))}
      </ul>
    </details>
  );
}

function Answer({ word, says }: { readonly word: string; readonly says: string }) {
  return (
    <li className={styles.check}>
      <Tag word={word} />
      <span>{says}</span>
    </li>
  );
}

function AuditOf({ audit, onSaid }: { readonly audit: Audit; readonly onSaid: (sentence: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const isWanted = audit.verdict !== 'PASS';
  return (
    <div>
      <details className={styles.rule} open={isWanted}>
        <summary>
          <strong>Audit</strong>
          <Tag word={audit.verdict} />
          <span className="soft">
            {audit.reason} <Ago time={audit.concluded_at} />
          </span>
        </summary>
        <ul>
          {audit.checks.map((check) => (
            <li key={check.id} className={styles.entry}>
              <div className={styles.check}>
                <Tag word={check.result} />
                <span>
                  {check.id}: {CHECKS[check.id] ?? ''}
                </span>
              </div>
              {check.result === 'PASS' ? null : (
                <Scrolled label={`Evidence of ${check.id}, ${audit.kind} audit, attempt ${audit.attempt}`}>
                  <pre>
                    <Outside
                      text={
                        typeof check.evidence === 'string'
                          ? check.evidence
                          : (JSON.stringify(check.evidence, null, 2) ?? valueText(null))
                      }
                    />
                  </pre>
                </Scrolled>
              )}
            </li>
          ))}
        </ul>
      </details>
      {audit.verdict === 'INCONCLUSIVE' && audit.is_final ? (
        <Button
          size="compact-sm"
          disabled={!audit.attest.is_offered}
          title={audit.attest.sentence ?? undefined}
          onClick={() => setOpen(true)}
        >
          Resolve with context…
        </Button>
      ) : null}
      {isOpen ? (
        <Suspense fallback={null}>
          <Attest audit={audit} onDone={onSaid} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}
