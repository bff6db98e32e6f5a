import { decodeMandate, linkDigest } from '@mandate/contracts';
import type { RuleParameters } from '@mandate/judgement';
import { Keyring, Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { type AuditorConfig, CONFIG } from '../config';
import { type CaseFile, type ChainFile, SYSTEM } from '../domain/case-file';
import type { Case } from './case.store';
import { type EvidenceRow, EvidenceStore, refOf } from './evidence.store';
import { Legible } from './legible';
import { toContractFile, toEligibilityFile, toEvaluationFile, toHealthFile, toJobFile } from './papers.wire';
import { RecordedMessageVerifier } from './recorded-message.verifier';
import { RegistryFileReader } from './registry-file.reader';

/** The rows of a chain by the part they play. */
interface Cast {
  readonly evaluated: EvidenceRow | undefined;
  readonly contract: EvidenceRow | undefined;
  readonly approve: EvidenceRow | undefined;
  readonly job: EvidenceRow | undefined;
  readonly change: EvidenceRow | undefined;
  readonly may: EvidenceRow | undefined;
  readonly proposal: EvidenceRow | undefined;
}

/** Puts a case together from the evidence alone; every hop is verified again from its recorded bytes. */
@Injectable()
export class CaseFileReader {
  private readonly allowedRules: readonly RuleParameters[];

  constructor(
    private readonly evidence: EvidenceStore,
    private readonly registry: RegistryFileReader,
    private readonly verifier: RecordedMessageVerifier,
    private readonly keyring: Keyring,
    @Inject(CONFIG) config: AuditorConfig,
  ) {
    this.allowedRules = config.RULES_FILES;
  }

  async read(tx: Tx, one: Case): Promise<CaseFile> {
    const mandate = decodeMandate(one.mandate);
    const may = mandate?.may ? linkDigest(mandate.may.link) : null;
    const rows = await this.evidence.chain(tx, [one.linkDigest, ...(may ? [may] : [])]);
    const cast = castOf(rows, one, may);
    const legible = new Legible();
    const { founders } = this.keyring.manifest;
    const evaluation = toEvaluationFile(one.evaluation, cast.evaluated ? refOf(cast.evaluated) : null);
    const contract = legible.read(cast.contract, (row) => toContractFile(row, cast.approve, founders));
    const isRollback = one.evaluation.kind === 'ROLLBACK';
    const job = legible.read(cast.job, toJobFile);
    const undone = isRollback ? legible.read(cast.change, toJobFile) : null;
    const said = await this.evidence.health(
      tx,
      [SYSTEM, ...(contract?.capabilities ?? [])],
      evaluation.windowStart,
      evaluation.windowEnd,
    );
    const jobs = [job, undone].filter((j) => j !== null);
    const file = {
      kind: isRollback ? ('ROLLBACK' as const) : ('CHANGE' as const),
      contract,
      job,
      undone,
      evaluation,
      registry: await this.registry.read(tx, evaluation, jobs, legible),
      health: (await this.verifier.holding(said, legible)).flatMap((row) => legible.read(row, toHealthFile) ?? []),
      eligibility: legible.read(cast.may, (row) => toEligibilityFile(row, cast.proposal, this.allowedRules)),
    };
    return { ...file, chain: await this.chain(tx, rows, [one.linkDigest, ...(may ? [may] : [])], legible) };
  }

  /** The hops, verified again; and what they cite that nobody has heard. */
  private async chain(
    tx: Tx,
    rows: readonly EvidenceRow[],
    starts: readonly Buffer[],
    legible: Legible,
  ): Promise<ChainFile> {
    const hops = await Promise.all(rows.map(async (r) => Legible.hopOf(r, await this.verifier.problemOf(r))));
    const known = new Set(rows.map((r) => r.link_digest.toString('hex')));
    const cited = rows.flatMap((r) => (decodeMandate(r.mandate)?.cause ? [r.cause_digest] : []));
    const wanted = new Set([...starts, ...cited].map((d) => d.toString('hex')));
    const missing = [...wanted].filter((d) => !known.has(d));
    return { hops: [...hops, ...legible.illegible], missing, equivocations: await this.evidence.equivocated(tx, rows) };
  }
}

function castOf(rows: readonly EvidenceRow[], one: Case, mayDigest: Buffer | null): Cast {
  const byDigest = (digest: Buffer | null | undefined) =>
    digest ? rows.find((r) => r.link_digest.equals(digest)) : undefined;
  const own = rows.filter((r) => r.contract_id === one.contractId);
  const evaluated = byDigest(one.linkDigest);
  const contract = own.find((r) => r.message_type === 'ContractChanged' && r.says === 'ACTIVE');
  const may = byDigest(mayDigest);
  return {
    evaluated,
    contract,
    approve: byDigest(contract?.cause_digest),
    job: byDigest(evaluated?.cause_digest),
    change: own.find((r) => r.message_type === 'JobChanged' && r.says.startsWith('JOB_')),
    may,
    proposal: byDigest(may?.cause_digest),
  };
}
