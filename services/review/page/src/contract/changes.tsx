import type { ChangeView } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Tag } from '../parts/tag';
import { Value, words } from '../parts/value';
import styles from './contract.module.css';

interface Line {
  readonly what: string;
  readonly is: unknown;
  readonly willBe: unknown;
  /** What the change expects to find, where that is not what is there. */
  readonly expects: unknown;
  readonly isAsExpected: boolean;
}

const enablementText = (of: { enabled: boolean; lifecycle: string } | null) =>
  of ? `${of.enabled ? 'enabled' : 'disabled'}, ${of.lifecycle}` : null;

function linesOf({ settings, enablement }: ChangeView): Line[] {
  const values = settings.map((s) => ({
    what: s.key,
    is: s.present,
    willBe: s.new,
    expects: s.old,
    isAsExpected: s.is_as_expected,
  }));
  if (!enablement) return values;
  const { old, present, is_as_expected } = enablement;
  return [
    ...values,
    {
      what: 'enablement',
      is: enablementText(present),
      willBe: enablementText(enablement.new),
      expects: enablementText(old),
      isAsExpected: is_as_expected,
    },
  ];
}

/** Changes as a difference between what is and what would be. After the fact: between what was and what became of it. */
export function Differences({
  changes,
  isShort = false,
  isOver = false,
}: {
  readonly changes: readonly ChangeView[];
  readonly isShort?: boolean;
  readonly isOver?: boolean;
}) {
  return (
    <table className={styles.difference}>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">{isOver ? 'Was' : 'Is'}</th>
          <th scope="col">{isOver ? 'Became' : 'Would be'}</th>
          {isShort ? null : <th scope="col">Undo would set</th>}
        </tr>
      </thead>
      <tbody>
        {changes.flatMap((change, i) =>
          linesOf(change).map((line) => (
            <tr key={`${i} ${line.what}`}>
              <td>
                <code>
                  {change.capability}
                  {line.what === 'enablement' ? '' : ` · ${line.what}`}
                </code>
                {isShort ? null : <div className={styles.small}>{words(change.kind)}</div>}
              </td>
              <td className={styles.was} data-label={isOver ? 'was' : 'is'}>
                <Value of={isOver ? line.expects : line.is} />
                {isOver || line.isAsExpected ? null : (
                  <div className={styles.off}>
                    expected <Value of={line.expects} />: the step would fail
                  </div>
                )}
              </td>
              <td className={styles.willBe} data-label={isOver ? 'became' : 'would be'}>
                <Value of={line.willBe} />
              </td>
              {isShort ? null : (
                <td data-label="undo sets">
                  <Undo change={change} line={line} />
                </td>
              )}
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}

/** What a rollback would do to this target, and whether it puts back what was before. */
function Undo({ change, line }: { readonly change: ChangeView; readonly line: Line }) {
  const { is_one_way, reason, leads_back, targets } = change.undo;
  const name = line.what === 'enablement' ? change.capability : `${change.capability}#${line.what}`;
  const target = targets.find((each) => each.target === name);
  return (
    <>
      {is_one_way ? <Tag word="one-way" tone="bad" /> : target ? <Value of={enablementOr(target.undone)} /> : null}
      {leads_back || is_one_way ? null : <Tag word="does not lead back" tone="bad" />}
      {reason ? (
        <div className={styles.small}>
          <Outside text={reason} />
        </div>
      ) : null}
    </>
  );
}

/** A value as it is, an enablement in words. */
function enablementOr(value: unknown): unknown {
  const isEnablement = typeof value === 'object' && value !== null && 'enabled' in value && 'lifecycle' in value;
  return isEnablement ? enablementText(value as { enabled: boolean; lifecycle: string }) : value;
}

/** Why a capability is to be disabled, where a change says so. */
export function ChangeReasons({ changes }: { readonly changes: readonly ChangeView[] }) {
  const given = changes.filter((change) => change.reason);
  if (given.length === 0) return null;
  return (
    <ul>
      {given.map((change) => (
        <li key={`${change.capability} ${change.kind}`}>
          <code>{change.capability}</code>: <Outside text={change.reason ?? ''} />
        </li>
      ))}
    </ul>
  );
}
