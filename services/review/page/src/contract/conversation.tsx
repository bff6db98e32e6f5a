import type { ContractPage } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Section } from '../parts/section';
import { Tag } from '../parts/tag';
import { At } from '../time/time-of';
import styles from './contract.module.css';

/** Questions with their answers, and notes. */
export function Conversation({ contract: { clarification_rounds, notes } }: { readonly contract: ContractPage }) {
  if (clarification_rounds.length === 0 && notes.length === 0) return null;
  return (
    <Section title="Clarifications and notes">
      <ol>
        {clarification_rounds.map((round, i) => (
          <li key={round.request_id} className={styles.entry}>
            <div className={styles.small}>
              Round {i + 1} · asked <At time={round.requested_at} />
            </div>
            <div>
              <Outside text={round.question} />
            </div>
            {round.answer === null ? (
              <Tag word="answer awaited" tone="info" />
            ) : (
              <div>
                <span className="soft">Answer: </span>
                <Outside text={round.answer} />
              </div>
            )}
          </li>
        ))}
        {notes.map((note) => (
          <li key={`${note.at} ${note.by}`} className={styles.entry}>
            <div className={styles.small}>
              {note.is_late_answer ? 'Late answer' : 'Note'} · <Outside text={note.by} /> · <At time={note.at} />
            </div>
            <Outside text={note.text} />
          </li>
        ))}
      </ol>
    </Section>
  );
}
