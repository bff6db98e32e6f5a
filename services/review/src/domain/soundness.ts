import { type Dossier, dossierDigest, type Plan, planDigest } from '@mandate/contracts';

/** The three places a contract's plan stands in, and the digests it claims. */
export interface Claimed {
  readonly plan: Plan;
  /** The plan in the proposal that the verdict judged. */
  readonly judgedPlan: Plan;
  /** `null`: the verdict says MAY_NOT, or there is none. */
  readonly isMay: boolean;
  readonly planDigest: Buffer;
  readonly dossier: Dossier;
  readonly dossierDigest: Buffer;
}

/**
 * True if what is shown is what was judged: the plan is equal in proposal, verdict and contract, and the dossier digest
 * is that of the dossier (spec 4-mandate "Where authority becomes effect", review).
 */
export function isSound(claimed: Claimed): boolean {
  return (
    claimed.isMay &&
    planDigest(claimed.plan).equals(claimed.planDigest) &&
    planDigest(claimed.judgedPlan).equals(claimed.planDigest) &&
    dossierDigest(claimed.dossier).equals(claimed.dossierDigest)
  );
}
