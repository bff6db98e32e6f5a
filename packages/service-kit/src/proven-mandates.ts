import { type Cited, decodeMandate, encodeMandate, type Mandate, type Proof } from '@mandate/contracts';
import type { Keyring } from './keyring';

/** Makes the proofs: each row's own link, and own earlier links it cites, are leaves of the same trees. */
export async function proven(
  rows: readonly { readonly mandate: Buffer | null }[],
  keyring: Keyring,
  now: number,
): Promise<(Buffer | null)[]> {
  const mandates = rows.map((r) => (r.mandate ? decodeMandate(r.mandate) : null));
  const links = new Map<string, Buffer>();
  const unproven = (c: Cited | null): void => {
    if (c && !c.proof) links.set(c.link.toString('latin1'), c.link);
  };
  for (const m of mandates) if (m) for (const c of [m.own, m.cause, m.may, m.approve]) unproven(c);
  const ordered = [...links.values()];
  const proofs = await keyring.prove(ordered, now);
  const proofOf = new Map<string, Proof>(ordered.map((link, i) => [link.toString('latin1'), proofs[i] as Proof]));
  const withProof = (c: Cited | null): Cited | null =>
    c && !c.proof ? { link: c.link, proof: proofOf.get(c.link.toString('latin1')) ?? null } : c;
  return mandates.map((m): Buffer | null =>
    m
      ? encodeMandate({
          own: withProof(m.own) as Cited,
          cause: withProof(m.cause),
          may: withProof(m.may),
          approve: withProof(m.approve),
        } satisfies Mandate)
      : null,
  );
}
