import type { Capability, ContractPage, Signal } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Section } from '../parts/section';
import { Tag } from '../parts/tag';
import { Id, Value, words } from '../parts/value';
import { contractPath, linkTo } from '../route';
import { Ago } from '../time/time-of';
import styles from './contract.module.css';

/** The affected capabilities and the system, as they are now: health, who froze what and until when. */
export function Capabilities({ contract }: { readonly contract: ContractPage }) {
  const { system_health, affected_capabilities, contract_id } = contract;
  return (
    <Section
      title="Affected capabilities"
      aside={
        <span className="soft">
          system <Tag word={system_health.state} />
        </span>
      }
    >
      {system_health.blocking_signals.map((signal) => (
        <SignalLine key={signal.signal_id} signal={signal} />
      ))}
      <div>
        {affected_capabilities.map((capability) => (
          <One key={capability.name} of={capability} contractId={contract_id} />
        ))}
      </div>
      <HowToHold scope={affected_capabilities[0]?.name ?? 'SYSTEM'} />
    </Section>
  );
}

function One({ of, contractId }: { readonly of: Capability; readonly contractId: string }) {
  const holder = of.provisional_contract_id;
  return (
    <div className={styles.capability}>
      <div className={styles.line}>
        <code>
          <strong>{of.name}</strong>
        </code>
        <Tag word={of.health} />
        {of.is_known ? <Tag word={of.lifecycle ?? 'UNKNOWN'} /> : <Tag word="not in the registry" tone="bad" />}
        {of.enabled === false ? <Tag word="disabled" tone="warn" /> : null}
        {of.frozen ? <Tag word="frozen by the catalogue" tone="bad" /> : null}
        {holder ? (
          <span className={styles.small}>
            provisional, by{' '}
            {holder === contractId ? (
              'this contract'
            ) : (
              <a {...linkTo(contractPath(holder))}>
                <Id of={holder} />
              </a>
            )}
          </span>
        ) : null}
      </div>
      {of.description ? (
        <div className={styles.described}>
          {of.description} Owner: {of.owner}.
        </div>
      ) : null}
      {of.blocking_signals.map((signal) => (
        <SignalLine key={signal.signal_id} signal={signal} />
      ))}
      {of.values ? (
        <div className={styles.line}>
          {Object.entries(of.values).map(([key, value]) => (
            <span key={key}>
              <code className="soft">{key}</code> <Value of={value} />
            </span>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function SignalLine({ signal }: { readonly signal: Signal }) {
  return (
    <div>
      <Tag word={words(signal.kind)} tone="bad" /> {signal.scope === 'SYSTEM' ? 'the whole system' : signal.scope}
      {signal.author ? ` by ${signal.author}` : ` from ${signal.source}`}
      {signal.reason ? (
        <>
          : <Outside text={signal.reason} />
        </>
      ) : null}
      , until <Ago time={signal.expires_at} />
    </div>
  );
}

/** Holding something is health's to record, not this page's. */
function HowToHold({ scope }: { readonly scope: string }) {
  const body = JSON.stringify({
    scope,
    kind: 'freeze',
    reason: 'why',
    expires_at: `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)}:00Z`,
  });
  return (
    <details className={styles.rule}>
      <summary>
        <span>Freeze it, or the system</span>
      </summary>
      <p className={styles.small}>
        Approvals and activations wait until the signal is lifted or over. With an operator’s token, at the health
        service:
      </p>
      <code
        className={styles.command}
      >{`curl -X POST "$HEALTH_URL/api/v1/signals" -H "Authorization: Bearer $OPERATOR_TOKEN" \\\n  -H 'content-type: application/json' -d '${body}'`}</code>
    </details>
  );
}
