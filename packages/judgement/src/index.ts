export type {
  CapabilityFact,
  Facts,
  JudgedProposal,
  KeyFact,
  RivalFact,
  SignalFact,
  SystemHealth,
} from './eligibility/facts';
export { factsFor, type Healths } from './eligibility/facts-for';
export {
  isWaiting,
  judge,
  judgeAgain,
  judgeWith,
  mustWait,
  type Rejudgement,
  reservationsOf,
} from './eligibility/judge';
export { DEFAULT_PARAMETERS, RULE_IDS, RULES_VERSION, ruleSetOf, rulesVersionOf } from './eligibility/v1/parameters';
export { parametersFromText, type ReadParameters } from './eligibility/v1/parameters-file';
export type { Condition, Need, Rule, RuleParameters, RuleResult, RuleSet, Verdict } from './eligibility/verdict';
export { sameJson } from './json/same-json';
export { type KeySchema, satisfies } from './json/schema-check';
export {
  inverseOf,
  isReversible,
  type RestoringDisable,
  type ReversibilityDefinition,
  settingsOf,
  UNDO_REASON,
  undoWritesOf,
  type Write,
  writesOf,
} from './plan/inverse';
export { riskOf, UNSTATED_RISK } from './plan/risk';
export { type UndoStep, undoOf } from './plan/undo';
export {
  type Evidence,
  ISSUE_SOURCES,
  type IssueSource,
  type IssueText,
  type IssueType,
  type Proposal,
  type RecommendedAction,
  type RevisionInput,
} from './proposal';
export { VALIDATOR_VERSION, validate, validateRevision } from './validator/validate';
