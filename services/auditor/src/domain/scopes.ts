import { type CaseFile, SYSTEM } from './case-file';

/** SYSTEM and the affected capabilities; null if the contract is not known. */
export function scopesOf(file: CaseFile): readonly string[] | null {
  return file.contract ? [SYSTEM, ...file.contract.capabilities] : null;
}
