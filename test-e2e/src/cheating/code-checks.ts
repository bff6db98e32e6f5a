/** A check in the sources: the text that makes it, and the text in its place, in which OFF says whether it is off. */
interface CodeCheck {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const CHECK = 'packages/contracts/src/check.ts';
const VALUE = 'packages/contracts/src/value-check.ts';
const STATEMENT = 'packages/contracts/src/statement.ts';
const KEYRING = 'packages/service-kit/src/keyring.ts';
const RUNNER = 'packages/service-kit/src/hop-runner.ts';
const REFERENCE = 'packages/service-kit/src/reference.ts';
const CONTRACT = 'services/contract/src';
const EXECUTOR = 'services/executor/src';

/** A condition that refuses: off, it is never true. */
const refusing = (file: string, condition: string): CodeCheck => ({
  file,
  find: condition,
  put: `!OFF && (${condition})`,
});

const ANY_EDGE =
  "{ cause: cause?.type ?? 'NOTHING', causeSays: [], type: link.type, says: [link.says], effect: true, changesSubject: true } as const";

/** Every check that a test switches off to show what it stops; the names are the tests' own. */
export const CODE_CHECKS = {
  topic: refusing(CHECK, '!topic.messages.includes(link.type)'),
  writer: {
    file: CHECK,
    find: "refuse('WRONG_WRITER', `${link.writer} may not say",
    put: "OFF || refuse('WRONG_WRITER', `${link.writer} may not say",
  },
  topicWriter: refusing(CHECK, 'topic.writer !== link.writer'),
  subject: refusing(CHECK, '!key || !link.subject.equals(sha256(key))'),
  value: refusing(CHECK, '!link.valueDigest.equals(sha256(value))'),
  edge: {
    file: CHECK,
    find: "if (!edge) return refuse('NO_EDGE'",
    put: `if (!edge && OFF) return ${ANY_EDGE};\n  if (!edge) return refuse('NO_EDGE'`,
  },
  causeDigest: refusing(CHECK, '!link.causeDigest.equals(linkDigest(cited.link))'),
  causeIssue: refusing(CHECK, 'link.issueId !== cause.issueId'),
  causeSubject: refusing(CHECK, '!link.subject.equals(cause.subject)'),
  causePlan: refusing(
    CHECK,
    '!changesPlan && !cause.planDigest.equals(ZERO_DIGEST) && !link.planDigest.equals(cause.planDigest)',
  ),
  permitMissing: refusing(CHECK, 'required.includes(permit)'),
  permitWord: refusing(CHECK, 'held.type !== type || held.says !== says'),
  permitIssue: refusing(CHECK, 'held.issueId !== link.issueId'),
  mayPlan: refusing(CHECK, 'may && mayMustMatchPlan(link.type, link.says) && !may.planDigest.equals(link.planDigest)'),
  approvePlan: refusing(CHECK, '!approve.planDigest.equals(link.planDigest)'),
  approveContract: refusing(
    CHECK,
    "contract && edge.cause !== 'EligibilityJudged' && !approve.subject.equals(contract)",
  ),

  valueAsLinked: {
    file: VALUE,
    find: 'const refuse = (what: string): never => {',
    put: 'if (OFF) return;\n  const refuse = (what: string): never => {',
  },
  catalogueAllowed: {
    file: KEYRING,
    find: "if (edge.cause === 'CATALOGUE')",
    put: "if (!OFF && edge.cause === 'CATALOGUE')",
  },

  keyOfWriter: refusing(KEYRING, '!isValidAt(key, link.writer, link.time)'),
  keyKnown: {
    file: KEYRING,
    find: 'const key = this.known.get(proof.keyId);',
    put: 'const key = this.known.get(proof.keyId) ?? (OFF ? [...this.known.values()].find((k) => k.service === link.writer) : undefined);',
  },
  keyRevoked: {
    file: KEYRING,
    find: 'if (key.revoked) refuseRevoked',
    put: 'if (!OFF && key.revoked) refuseRevoked',
  },
  proof: {
    file: KEYRING,
    find: "if (!proof) throw new AuthorityViolation('BAD_SIGNATURE'",
    put: "if (!proof && OFF) return;\n    if (!proof) throw new AuthorityViolation('BAD_SIGNATURE'",
  },
  signature: refusing(KEYRING, '!(await holds)'),
  inbox: {
    file: RUNNER,
    find: 'fresh: await this.unseen(tx, rest, now)',
    put: 'fresh: OFF ? rest : await this.unseen(tx, rest, now)',
  },
  healthInTime: {
    file: REFERENCE,
    find: 'now <= Number(system.valid_until)',
    put: '(OFF || now <= Number(system.valid_until))',
  },

  statementContract: refusing(STATEMENT, 'statement.contract_id !== approved.contractId'),
  statementDossier: refusing(STATEMENT, "statement.dossier_digest !== approved.dossierDigest.toString('hex')"),
  statementPlan: refusing(STATEMENT, "statement.plan_digest !== approved.planDigest.toString('hex')"),
  statementInTime: refusing(STATEMENT, 'approved.approvedAt > statement.not_after'),
  founderKey: {
    file: STATEMENT,
    find: 'founders.find((f) => f.key_id === keyId && f.founder === statement.founder)',
    put: 'founders.find((f) => (OFF || f.key_id === keyId) && f.founder === statement.founder)',
  },
  founderSignature: refusing(STATEMENT, '!holdsUnder(key, bytes, signature)'),

  verdictSays: {
    file: `${CONTRACT}/adapters/eligibility-judged.wire.ts`,
    find: "if (!isSame) throw new UnauthorisedFault('SAYS_OTHERWISE'",
    put: "if (!OFF && !isSame) throw new UnauthorisedFault('SAYS_OTHERWISE'",
  },
  proposalBytes: refusing(
    `${CONTRACT}/adapters/eligibility-judged.wire.ts`,
    "cause?.type !== 'ProposalMade' || !cause.valueDigest.equals(sha256(value.proposal))",
  ),
  verdictUsed: {
    file: `${CONTRACT}/handlers/on-eligibility-judged.handler.ts`,
    find: 'return messages.filter((m) => {',
    put: 'if (OFF) return [...messages];\n    return messages.filter((m) => {',
  },
  planRecomputed: refusing(`${CONTRACT}/domain/create-contract.ts`, '!digest.equals(grant.planDigest)'),
  decisionSays: {
    file: `${CONTRACT}/adapters/review-decided.wire.ts`,
    find: 'if (SAYS_OF[value.action] === link.says) return;',
    put: 'if (OFF || SAYS_OF[value.action] === link.says) return;',
  },
  sameSubject: refusing(`${CONTRACT}/adapters/same-contract.ts`, 'value.contract_id !== key.toString()'),
  sameIssue: refusing(`${CONTRACT}/adapters/same-contract.ts`, 'link.issueId !== terms.issueId'),
  samePlan: refusing(`${CONTRACT}/adapters/same-contract.ts`, 'hasPlan && !link.planDigest.equals(terms.planDigest)'),
  approvalBounds: {
    file: `${CONTRACT}/domain/decide-approval.ts`,
    find: 'if (bounds) return',
    put: 'if (!OFF && bounds) return',
  },
  attestation: {
    file: `${CONTRACT}/adapters/audit-concluded.wire.ts`,
    find: "if (problem) throw new UnauthorisedFault('ATTESTATION_UNVERIFIED'",
    put: "if (!OFF && problem) throw new UnauthorisedFault('ATTESTATION_UNVERIFIED'",
  },
  auditedJob: refusing(
    `${CONTRACT}/handlers/on-audit-concluded.handler.ts`,
    'session.jobs.some((j) => j.contractId === id && j.kind === kind && j.jobId !== jobId)',
  ),

  orderIdentity: {
    file: `${EXECUTOR}/adapters/contract-changed.wire.ts`,
    find: "if (!isSame) refuse('VALUE_NOT_AS_LINKED'",
    put: "if (!OFF && !isSame) refuse('VALUE_NOT_AS_LINKED'",
  },
  windowOver: refusing(`${EXECUTOR}/domain/change-job.ts`, 'endsAt > windowEnd'),
  windowOpen: {
    file: `${EXECUTOR}/domain/change-job.ts`,
    find: 'return Math.max(job.terms.windowStart, free);',
    put: 'return OFF ? free : Math.max(job.terms.windowStart, free);',
  },
  jobHealth: {
    file: `${EXECUTOR}/domain/change-job.ts`,
    find: '  if (ill)\n',
    put: '  if (!OFF && ill)\n',
  },

  proposalPlan: refusing(
    'services/eligibility/src/adapters/proposal-made.wire.ts',
    '!planDigest(plan).equals(link.planDigest)',
  ),
  proposalLine: refusing('services/eligibility/src/adapters/proposal-made.wire.ts', '!isOfLine(value, cause)'),
  askedSystem: {
    file: 'services/ingestion/src/domain/receive.ts',
    find: 'request.sourceSystem === intake.sourceSystem',
    put: '(OFF || request.sourceSystem === intake.sourceSystem)',
  },
  ownStatement: refusing('services/review/src/domain/decide-approval.ts', 'statement.founder !== actor'),

  equivocation: {
    file: 'services/auditor/src/domain/ledger.ts',
    find: 'for (const said of there) findings.push({',
    put: 'if (!OFF) for (const said of there) findings.push({',
  },
  gap: refusing('services/auditor/src/domain/ledger.ts', '!hasPredecessor && isGapless(type)'),
  judgedAgain: {
    file: 'services/auditor/src/domain/checks/chain.ts',
    find: "return found.conclude('ELIGIBILITY');",
    put: "return (OFF ? new Findings() : found).conclude('ELIGIBILITY');",
  },

  orderPlan: refusing(`${EXECUTOR}/adapters/contract-changed.wire.ts`, '!plan.equals(link.planDigest)'),
  stepsAsSigned: {
    file: `${EXECUTOR}/adapters/step-runner.ts`,
    find: 'if (isAltered(job)) {',
    put: 'if (!OFF && isAltered(job)) {',
  },
} as const satisfies Record<string, CodeCheck>;

export type CodeCheckId = keyof typeof CODE_CHECKS;
