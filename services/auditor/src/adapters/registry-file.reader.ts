import { decode } from '@mandate/schemas';
import { Keyring, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { CapabilityFile, EvaluationFile, JobFile, RegistryFile, VersionsFile } from '../domain/case-file';
import { type EvidenceRow, EvidenceStore } from './evidence.store';
import type { Legible } from './legible';
import { toCapabilityFile } from './papers.wire';
import { RecordedMessageVerifier } from './recorded-message.verifier';

const VERSIONS_MAX = 1_000;

/** Reads the registry's history around a job, with what each change cites. */
@Injectable()
export class RegistryFileReader {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly verifier: RecordedMessageVerifier,
    private readonly keyring: Keyring,
  ) {}

  async read(tx: Tx, evaluation: EvaluationFile, jobs: readonly JobFile[], legible: Legible): Promise<RegistryFile> {
    const before = jobs[0]?.createdAt ?? evaluation.windowStart;
    const upTo = Math.max(evaluation.registryVersion, ...jobs.map((j) => j.registryVersion));
    const { from, rows } = await this.evidence.registry(tx, before, upTo);
    const named = jobs.flatMap((j) => j.versions.flatMap(versionsOf));
    const previous = rows.map((r) => ({ capability: r.key.toString(), version: Number(r.version) - 1 }));
    const more = await this.evidence.capabilities(tx, [...named, ...previous.filter((v) => v.version > 0)]);
    const changes = await this.files(tx, rows, legible);
    const known = new Set(changes.map((c) => c.registryVersion));
    const range = Array.from({ length: Math.max(0, upTo - from) }, (_, i) => from + 1 + i);
    const states = [...(await this.files(tx, more, legible)), ...changes].map((c) => [nameOf(c), c] as const);
    return { changes, missing: range.filter((v) => !known.has(v)), states: new Map(states) };
  }

  private async files(tx: Tx, recorded: readonly EvidenceRow[], legible: Legible): Promise<CapabilityFile[]> {
    const rows = await this.verifier.holding(recorded, legible);
    const catalogues = this.keyring.manifest.catalogue_digests;
    const citing = rows.filter((r) => r.contract_id !== null).map((r) => r.cause_digest);
    const cited = await this.evidence.byLinks(tx, citing);
    const contracts = new Map(cited.map((r) => [r.link_digest.toString('hex'), legible.read(r, toCited)]));
    const jobs = await this.evidence.knownJobs(tx, rows);
    return rows.flatMap((row) => {
      const citedDigest = row.cause_digest.toString('hex');
      const about = {
        cited: contracts.get(citedDigest) ?? null,
        isJobKnown: jobs.has(`${row.job_id} ${row.contract_id}`),
        isCatalogueAllowed: catalogues.includes(citedDigest),
      };
      return legible.read(row, (r) => toCapabilityFile(r, about)) ?? [];
    });
  }
}

function toCited(row: EvidenceRow): NonNullable<CapabilityFile['cited']> {
  const { contract_id, affected_capabilities } = decode('ContractChanged', row.value);
  return { contractId: contract_id, says: row.says, capabilities: affected_capabilities };
}

const nameOf = (c: CapabilityFile): string => `${c.capability}@${c.version}`;

function versionsOf({ capability, before, after }: VersionsFile) {
  const count = Math.min(Math.max(0, after - before), VERSIONS_MAX);
  return [before, ...Array.from({ length: count }, (_, i) => before + 1 + i)].map((version) => ({
    capability,
    version,
  }));
}
