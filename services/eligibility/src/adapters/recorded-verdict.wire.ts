import { sha256 } from '@mandate/contracts';
import { type Facts, type JudgedProposal, judgeAgain } from '@mandate/judgement';
import { decode, encode, type ProposalMade } from '@mandate/schemas';
import { verdictValue } from './eligibility-judged.wire';
import { toJudged } from './proposal-made.wire';
import type { RecordedVerdict } from './recorded.store';

/** A recorded verdict, judged again on its recorded facts. */
export interface Replayed {
  readonly issue_id: string;
  readonly revision: number;
  readonly verdict: string;
  readonly first_failing_rule: string | null;
  readonly rules_version: string;
  /** SHA-256 of the verdict as it was said, and as it would be said now; hexadecimal. */
  readonly recorded_digest: string;
  readonly replayed_digest: string | null;
  readonly is_same: boolean;
  /** Why it could not be judged again, or that it gives something else; null for the same bytes. */
  readonly problem: string | null;
}

/** Judges a verdict again and compares it byte for byte with what was said (ELIG-001). Never throws. */
export function replay(recorded: RecordedVerdict): Replayed {
  const { issue_id, revision, verdict, first_failing_rule, rules_version } = recorded;
  const recorded_digest = recorded.verdict_digest.toString('hex');
  const { digest, problem } = saidAgain(recorded);
  const isSame = digest === recorded_digest;
  return {
    ...{ issue_id, revision, verdict, first_failing_rule, rules_version },
    ...{ recorded_digest, replayed_digest: digest, is_same: isSame },
    problem: isSame ? null : (problem ?? 'judged again on the recorded facts, the verdict has other bytes'),
  };
}

type SaidAgain = { readonly digest: string | null; readonly problem: string | null };

function saidAgain({ proposal: bytes, facts, rules_version }: RecordedVerdict): SaidAgain {
  const value = readProposal(bytes);
  if (!value) return { digest: null, problem: 'the recorded proposal cannot be read' };
  const again = judgeAgain(facts, toJudged(value), rules_version, null);
  if (again.outcome !== 'JUDGED') return { digest: null, problem: PROBLEMS[again.outcome] };
  const said = encode('EligibilityJudged', verdictValue({ value, bytes }, again.verdict, again.facts, facts));
  return { digest: sha256(said).toString('hex'), problem: null };
}

const PROBLEMS = {
  UNKNOWN_RULES: 'the rules that this service knows do not have the recorded version',
  UNREADABLE_FACTS: 'the recorded facts cannot be read',
} as const;

/** What a recorded verdict was judged on; null if it cannot be read. */
export interface RecordedCase {
  readonly proposal: JudgedProposal;
  readonly facts: Facts;
  readonly title: string;
  /** Source system and reference, as the CRM knows it. */
  readonly reference: string;
}

export function toCase({ proposal, facts }: RecordedVerdict): RecordedCase | null {
  const value = readProposal(proposal);
  if (!value) return null;
  try {
    const { source_system, reference } = value.origin;
    return {
      proposal: toJudged(value),
      facts: JSON.parse(facts) as Facts,
      title: value.title,
      reference: `${source_system}/${reference}`,
    };
  } catch {
    return null;
  }
}

function readProposal(bytes: Buffer): ProposalMade | null {
  try {
    return decode('ProposalMade', bytes);
  } catch {
    return null;
  }
}
