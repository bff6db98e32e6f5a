import { Fragment, memo, useMemo } from 'react';
import { highlightedRuns, type Piece, type Span } from '../text/inert';
import styles from './parts.module.css';

const NONE: readonly Span[] = [];

/** What somebody outside wrote: text and nothing else, with what would deceive the reader made visible. */
export const Outside = memo(function Outside({
  text,
  spans = NONE,
}: {
  readonly text: string;
  readonly spans?: readonly Span[];
}) {
  const runs = useMemo(() => highlightedRuns(text, spans), [text, spans]);
  return (
    <bdi className={styles.outside} dir="auto">
      {runs.map((run) => {
        const pieces = run.pieces.map((piece) => <Shown key={piece.start} piece={piece} />);
        const key = run.pieces[0]?.start ?? 0;
        if (run.label === null) return <Fragment key={key}>{pieces}</Fragment>;
        return (
          <mark key={key} className={styles.evidence} title={`counted for ${run.label}`}>
            {pieces}
          </mark>
        );
      })}
    </bdi>
  );
});

function Shown({ piece: { kind, text, says } }: { readonly piece: Piece }) {
  if (kind === 'text') return text;
  return (
    <span className={kind === 'look-alike' ? styles.lookAlike : styles.sign} title={says}>
      {text}
    </span>
  );
}
