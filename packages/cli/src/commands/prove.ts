import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack } from '../stack';
import type { Context } from '../terminal';

/** Writes the proof file that the auditor makes of a contract; whoever checks it needs only it and the root's public key. */
export async function prove({ terminal, isJson }: Context, contractId: string, out?: string): Promise<ExitCode> {
  const stack = openStack(terminal.env);
  const text = await new ServiceApi(stack, 'auditor').getText(`/contracts/${encodeURIComponent(contractId)}/proof`);
  if (out === '-') {
    terminal.out(text.trimEnd());
    return EXIT.done;
  }
  const { records } = JSON.parse(text) as { records: readonly unknown[] };
  const file = resolve(out ?? `mandate-proof-${contractId}.json`);
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const sentence = `${file} cannot be written: name another place with --out.`;
    throw new CliRefusal(EXIT.usage, 'NOT_WRITABLE', sentence, { cause });
  }
  const told = { contract_id: contractId, file, messages: records.length, root_public_key: stack.rootPublicKeyFile };
  if (isJson) terminal.out(JSON.stringify(told));
  else {
    terminal.out(`${records.length} messages, with their links and proofs, are in ${file}.`);
    terminal.out(`Check them without Mandate: python3 verify/verify.py ${file} ${stack.rootPublicKeyFile}`);
  }
  return EXIT.done;
}
