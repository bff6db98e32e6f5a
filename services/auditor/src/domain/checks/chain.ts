import type { CaseFile } from '../case-file';
import { type Check, Findings } from '../check';

const CHAIN: Readonly<Record<CaseFile['kind'], readonly string[]>> = {
  CHANGE: [
    'IssueReceived',
    'ProposalMade',
    'EligibilityJudged MAY',
    'ReviewDecided APPROVE',
    'ContractChanged ACTIVE',
    'JobChanged',
    'JobEvaluated',
  ],
  ROLLBACK: [
    'IssueReceived',
    'ProposalMade',
    'EligibilityJudged MAY',
    'ReviewDecided APPROVE',
    'ContractChanged ACTIVE',
    'JobChanged',
    'AuditConcluded FAIL',
    'ContractChanged FAILED',
    'JobEvaluated',
  ],
};

/** Does every hop from the issue to the evaluation exist, hold, and cite the one before it? (CHAIN-002) */
export function checkChain(file: CaseFile): Check {
  const found = new Findings();
  const { hops, missing, equivocations } = file.chain;
  found.show(
    'hops',
    hops.map((h) => ({ ref: h.ref, says: `${h.type} ${h.says}`, writer: h.writer, link: h.digest })),
  );
  for (const hop of hops) if (hop.problem) found.fail(`${hop.type} ${hop.says} (${hop.ref}): ${hop.problem}`);
  for (const e of equivocations) found.fail(`two different messages were said as ${e}`);
  for (const digest of missing) found.unknown(`the message with link ${digest.slice(0, 16)}… is not in the evidence`);
  const said = new Set(hops.flatMap((h) => [h.type, `${h.type} ${h.says}`]));
  for (const link of CHAIN[file.kind]) if (!said.has(link)) found.unknown(`the chain has no ${link}`);
  return found.conclude('CHAIN');
}

/** Is what was executed what the founder signed? (PART2-002, AM-13) */
export function checkApproval(file: CaseFile): Check {
  const found = new Findings();
  const { contract } = file;
  if (!contract) found.unknown('the contract is not in the evidence');
  else {
    found.show('contract', contract.ref);
    found.must(
      contract.planDigest === contract.recomputedPlanDigest,
      "the contract's changes are not the plan it is linked to",
    );
    if (!contract.approval) found.fail('the contract was executed without an approval');
    else if (contract.approval.problem) found.fail(contract.approval.problem);
    else found.show('founder', contract.approval.founder);
  }
  return found.conclude('APPROVAL');
}

/** Judged again on the recorded facts, does the proposal still get its MAY? (ELIG-001) */
export function checkEligibility(file: CaseFile): Check {
  const found = new Findings();
  const judged = file.eligibility;
  if (!judged) found.unknown('the verdict on the proposal is not in the evidence');
  else {
    found.show('verdict', judged.ref);
    found.show('rules_version', judged.rulesVersion);
    found.must(judged.isProposalUnaltered, 'the proposal that was judged is not the one that was made');
    if (judged.outcome === 'DIFFERENT') found.fail('judged again on the recorded facts, the verdict is another');
    if (judged.outcome === 'UNREADABLE_FACTS') found.fail('the facts that it was judged on cannot be read');
    if (judged.outcome === 'UNKNOWN_RULES') found.unknown(`the rules ${judged.rulesVersion} are not known here`);
  }
  return found.conclude('ELIGIBILITY');
}
