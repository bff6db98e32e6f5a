import {
  type CheckpointHead,
  checkpointDigest,
  checkpointProblem,
  type Manifest,
  type SignedCheckpoint,
  sha256,
} from '@mandate/contracts';
import type { Finding } from './compare';
import { cell, type Row } from './table';
import type { Told } from './told';

/** The columns of `evidence` that its chain of hashes is made of. */
export const CHAIN_COLUMNS = ['log', 'seq', 'recorded_at', 'hash', 'offset', 'key', 'mandate', 'value', 'link_digest'];
export const LOG_COLUMNS = ['log', 'topic', 'partition', 'next_offset', 'rows', 'bytes', 'head'];
export const CHECKPOINT_COLUMNS = ['number', 'at', 'previous', 'key_id', 'signature'];
export const HEAD_COLUMNS = ['number', 'log', 'rows', 'head'];

interface Chain {
  readonly rows: number;
  readonly bytes: number;
  readonly hash: Buffer;
}

const buffer = (value: unknown): Buffer => value as Buffer;
const lengthOf = (row: Row, ...columns: readonly string[]): number =>
  columns.reduce((sum, column) => sum + buffer(row[column]).length, 0);

/** EVID-001: computes the evidence's chains of hashes again, row by row, and what was signed of them. */
export class RecordCheck {
  readonly findings: Finding[] = [];
  private readonly names: ReadonlyMap<string, string>;
  private readonly chains = new Map<string, Chain>();
  /** Hashes at which checkpoints stand, by log and number of rows. */
  private readonly marks = new Map<string, Buffer | null>();

  constructor(
    private readonly logs: readonly Row[],
    private readonly heads: readonly Row[],
    private readonly told: Told,
  ) {
    this.names = new Map(logs.map((l) => [String(l['log']), `${l['topic']}/${l['partition']}`]));
    for (const head of heads) this.marks.set(`${head['log']} ${head['rows']}`, null);
  }

  /** Takes the evidence's rows by log and number. */
  see(row: Row): void {
    const log = String(row['log']);
    const name = this.names.get(log) ?? `log ${log}`;
    const before = this.chains.get(log) ?? { rows: 0, bytes: 0, hash: sha256(`mandate-evidence-v1 ${name}`) };
    const seq = Number(row['seq']);
    const where = `${name}, seq ${seq}`;
    if (seq !== before.rows + 1) this.addGap('evidence', `${name}, seq`, before.rows + 1, seq - 1);
    const hash = buffer(row['hash']);
    const told = rowHash(before.hash, row);
    if (!hash.equals(told)) this.add('evidence', where, 'CHANGED', 'hash', cell(hash), cell(told));
    const said = this.told.byDigest(buffer(row['link_digest']));
    if (said && `${said.topic}/${said.partition}` !== name)
      this.add('evidence', where, 'CHANGED', 'log', name, `${said.topic}/${said.partition}`);
    const mark = `${log} ${seq}`;
    if (this.marks.has(mark)) this.marks.set(mark, hash);
    this.chains.set(log, { rows: seq, bytes: before.bytes + lengthOf(row, 'key', 'mandate', 'value'), hash });
  }

  /** After the last row. */
  end(checkpoints: readonly Row[], manifest: Manifest): readonly Finding[] {
    for (const log of this.logs) this.checkLog(log);
    for (const name of this.told.logs('mandate.'))
      if (![...this.names.values()].includes(name)) this.add('logs', name, 'MISSING', null, null, 'it holds messages');
    for (const [mark, hash] of this.marks) this.checkMark(mark, hash);
    this.checkCheckpoints(checkpoints, manifest);
    return this.findings;
  }

  private checkLog(log: Row): void {
    const name = `${log['topic']}/${log['partition']}`;
    const chain = this.chains.get(String(log['log']));
    const lastOffset = this.told.lastOffset(String(log['topic']), Number(log['partition']));
    if (!chain && lastOffset < 0) {
      this.add('logs', name, 'ADDED', null, null, null);
      return;
    }
    const told = { rows: chain?.rows, bytes: chain?.bytes, head: chain?.hash, next_offset: lastOffset + 1 };
    for (const [column, value] of Object.entries(told)) {
      const isAhead = column === 'next_offset' && Number(log[column]) < Number(value);
      if (cell(log[column]) !== cell(value) && !isAhead)
        this.add('logs', name, 'CHANGED', column, cell(log[column]), cell(value));
    }
  }

  private checkMark(mark: string, hash: Buffer | null): void {
    const [log, rows] = mark.split(' ') as [string, string];
    for (const head of this.heads.filter((h) => String(h['log']) === log && String(h['rows']) === rows)) {
      if (hash?.equals(buffer(head['head']))) continue;
      const where = `number ${head['number']}, ${this.names.get(log) ?? `log ${log}`}`;
      this.add('checkpoint_heads', where, 'CHANGED', 'head', cell(head['head']), cell(hash));
    }
  }

  private checkCheckpoints(checkpoints: readonly Row[], manifest: Manifest): void {
    const present = new Map<string, CheckpointHead>();
    let previous: Buffer = Buffer.alloc(32);
    let expected = 1;
    for (const row of checkpoints) {
      const number = Number(row['number']);
      if (number !== expected) this.addGap('checkpoints', 'number', expected, number - 1);
      expected = number + 1;
      for (const head of this.heads.filter((h) => Number(h['number']) === number))
        present.set(String(head['log']), this.headOf(head));
      const signed = signedOf(row, [...present.values()].sort(byName));
      const problem = checkpointProblem(signed, manifest);
      if (problem) this.add('checkpoints', `number ${number}`, 'CHANGED', 'signature', cell(row['signature']), problem);
      if (!problem && !previous.equals(buffer(row['previous'])))
        this.add('checkpoints', `number ${number}`, 'CHANGED', 'previous', cell(row['previous']), cell(previous));
      previous = checkpointDigest(signed.checkpoint);
    }
  }

  private headOf(head: Row): CheckpointHead {
    const name = this.names.get(String(head['log'])) ?? 'no topic/0';
    const at = name.lastIndexOf('/');
    return {
      topic: name.slice(0, at),
      partition: Number(name.slice(at + 1)),
      rows: Number(head['rows']),
      hash: buffer(head['head']).toString('hex'),
    };
  }

  /** Rows that are counted without a gap, and are not there; or one that stands there again. */
  private addGap(table: string, name: string, from: number, to: number): void {
    const kind = to < from ? 'ADDED' : 'MISSING';
    const row = kind === 'ADDED' ? `${name} ${to + 1}` : `${name} ${from}${to > from ? ` to ${to}` : ''}`;
    this.add(table, row, kind, null, null, 'they are counted without a gap');
  }

  private add(
    table: string,
    row: string,
    kind: Finding['kind'],
    column: string | null,
    found: string | null,
    told: string | null,
  ): void {
    this.findings.push({ service: 'auditor', table, row, kind, column, found, told, by: null, note: null });
  }
}

/** SHA-256 over the row before, place and time, key, and the digests of mandate and value, as the auditor's README says. */
function rowHash(before: Buffer, row: Row): Buffer {
  const key = buffer(row['key']);
  const numbers = Buffer.alloc(20);
  numbers.writeBigUInt64BE(BigInt(String(row['offset'])), 0);
  numbers.writeBigUInt64BE(BigInt(String(row['recorded_at'])), 8);
  numbers.writeUInt32BE(key.length, 16);
  return sha256(Buffer.concat([before, numbers, key, sha256(buffer(row['mandate'])), sha256(buffer(row['value']))]));
}

function signedOf(row: Row, heads: readonly CheckpointHead[]): SignedCheckpoint {
  const checkpoint = {
    format: 'mandate-checkpoint-v1' as const,
    number: Number(row['number']),
    at: Number(row['at']),
    previous: buffer(row['previous']).toString('hex'),
    heads,
  };
  return { checkpoint, key_id: String(row['key_id']), signature: buffer(row['signature']).toString('base64') };
}

const byName = (a: CheckpointHead, b: CheckpointHead): number =>
  a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1;
