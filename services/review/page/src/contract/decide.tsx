import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { ContractPage, Offer } from '../api/shapes';
import { Section } from '../parts/section';
import { useKeys } from '../shell/keyboard';
import actions from './actions/actions.module.css';
import styles from './contract.module.css';

const Approve = lazy(() => import('./actions/approve').then((m) => ({ default: m.Approve })));
const Modify = lazy(() => import('./actions/modify').then((m) => ({ default: m.Modify })));
const TextAction = lazy(() => import('./actions/text-action').then((m) => ({ default: m.TextAction })));

type Kind = 'approve' | 'reject' | 'request-clarification' | 'provide-clarification' | 'modify' | 'notes';

/** The four actions; what stands against one is said beside it. */
export function Decide({
  contract,
  onSaid,
}: {
  readonly contract: ContractPage;
  readonly onSaid: (sentence: string) => void;
}) {
  const [open, setOpen] = useState<Kind | null>(null);
  const { approve, reject, request_clarification, provide_clarification, modify_scope, note } = contract.actions;
  const isAnswerAwaited = contract.is_clarification_open;
  const clarify = isAnswerAwaited ? provide_clarification : request_clarification;
  const clarifyKind: Kind = isAnswerAwaited ? 'provide-clarification' : 'request-clarification';
  const openIf = (offer: Offer, kind: Kind) => () => (offer.is_offered ? setOpen(kind) : undefined);
  useKeys({
    a: openIf(approve, 'approve'),
    r: openIf(reject, 'reject'),
    c: openIf(clarify, clarifyKind),
    m: openIf(modify_scope, 'modify'),
    n: openIf(note, 'notes'),
  });
  const button = (offer: Offer, kind: Kind, label: string, look: object) => (
    <Button {...look} disabled={!offer.is_offered} onClick={() => setOpen(kind)} title={offer.sentence ?? undefined}>
      {label}
    </Button>
  );
  const against = new Map(
    [approve, reject, clarify, modify_scope].flatMap((o, i) =>
      o.is_offered || !o.sentence ? [] : [[o.sentence, ['Approve', 'Reject', 'Clarification', 'Modify'][i]]],
    ),
  );
  const grouped = [...new Set([...against.keys()])];
  return (
    <div className={styles.decide} data-open={approve.is_offered || reject.is_offered}>
      <Section title="Decide" id="decide">
        <div className={actions.bar}>
          {button(approve, 'approve', 'Approve…', {})}
          {button(reject, 'reject', 'Reject…', { variant: 'default', className: actions.danger })}
          {button(clarify, clarifyKind, isAnswerAwaited ? 'Record the answer…' : 'Request clarification…', {
            variant: 'default',
          })}
          {button(modify_scope, 'modify', 'Modify scope…', { variant: 'default' })}
          {button(note, 'notes', 'Add a note…', { variant: 'subtle', color: 'gray' })}
        </div>
        {grouped.length > 0 ? (
          <div className={actions.against}>
            {grouped.map((sentence) => (
              <span key={sentence}>
                {approve.sentence === sentence && reject.sentence === sentence ? '' : `${against.get(sentence)}: `}
                {sentence}
              </span>
            ))}
          </div>
        ) : null}
      </Section>
      {open ? (
        <Suspense fallback={null}>
          <Opened kind={open} contract={contract} onSaid={onSaid} onClose={() => setOpen(null)} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Opened({
  kind,
  contract,
  onSaid,
  onClose,
}: {
  readonly kind: Kind;
  readonly contract: ContractPage;
  readonly onSaid: (sentence: string) => void;
  readonly onClose: () => void;
}) {
  if (kind === 'approve') return <Approve contract={contract} onDone={onSaid} onClose={onClose} />;
  if (kind === 'modify') return <Modify contract={contract} onDone={onSaid} onClose={onClose} />;
  return (
    <TextAction
      kind={kind}
      path={`/contracts/${contract.contract_id}/${kind}`}
      ifMatch={contract.dossier_digest}
      onDone={onSaid}
      onClose={onClose}
    />
  );
}
