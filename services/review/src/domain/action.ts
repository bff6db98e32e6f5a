/** A founder's action on a contract; every kind has the same frame. Digests are 32 bytes. */
export type Action = Approve | Reject;

interface Frame {
  readonly contractId: string;
  /** The signed-in founder: the subject of the token. */
  readonly actor: string;
  /** The dossier that the founder was shown; null where the action does not name one. */
  readonly dossierSeen: Buffer | null;
}

export interface Approve extends Frame {
  readonly kind: 'APPROVE';
  readonly approval: SignedStatement | null;
}

export interface Reject extends Frame {
  readonly kind: 'REJECT';
  readonly reason: string;
}

/** An approval statement as it was sent: nothing in it is believed before its signature holds. */
export interface SignedStatement {
  readonly statement: Buffer;
  readonly signature: Buffer;
  readonly keyId: string;
}
