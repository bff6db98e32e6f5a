import type { Dossier } from '@mandate/contracts';
import { CliRefusal, EXIT } from './refusal';
import { readSecret, type Stack } from './stack';

/** One row of the queue. */
export interface QueueItem {
  readonly contract_id: string;
  readonly issue_id: string;
  readonly title: string;
  readonly status: string;
  readonly risk_level: string;
  readonly affected_capabilities: readonly string[];
  readonly source_system: string;
  readonly reference: string;
  readonly expires_at: string;
  readonly version: number;
}

interface Offer {
  readonly is_offered: boolean;
  readonly code: string | null;
  readonly sentence: string | null;
}

/** What of the review page the command line looks at. */
export interface ContractPage extends QueueItem {
  readonly status_reason: string | null;
  readonly dossier_digest: string;
  readonly plan_digest: string;
  readonly dossier: Dossier;
  readonly origin: {
    readonly source: string;
    readonly issue: { readonly subject: string; readonly body: string } | null;
  };
  readonly validator_verdict: {
    readonly severity: string;
    readonly confidence_score: number;
    readonly reason: string;
  } | null;
  readonly eligibility: {
    readonly verdict: string;
    readonly rules_passed: number;
    readonly rules_total: number;
  } | null;
  readonly waiting: { readonly reason: string; readonly detail: string; readonly since: string } | null;
  readonly actions: { readonly approve: Offer; readonly reject: Offer };
  readonly approval_means: string;
}

/** What an action came to. */
export interface ActionAnswer {
  readonly decision_id: string;
  readonly outcome: 'APPLIED' | 'REFUSED' | 'PENDING';
  readonly code?: string;
  readonly sentence?: string;
  readonly contract?: { readonly status: string; readonly version: number };
  readonly successor_contract_id?: string;
  readonly incident?: { readonly state: string };
  readonly audit?: { readonly verdict: string };
  readonly look_at?: string;
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
}

/** The review service as the local founder's script sees it. */
export class ReviewApi {
  private readonly base: string;
  private readonly token: string;

  constructor(stack: Stack) {
    this.base = `${stack.urls['review']}/api/v1`;
    this.token = readSecret(stack.founder.tokenFile, "The founder's token");
  }

  get<T>(path: string): Promise<T> {
    return this.ask<T>(path, {});
  }

  post<T = ActionAnswer>(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.ask<T>(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  private async ask<T>(path: string, init: RequestInit): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}`, ...init.headers };
    const response = await fetch(`${this.base}${path}`, {
      ...init,
      headers,
      signal: AbortSignal.timeout(30_000),
    }).catch((cause) => {
      throw new CliRefusal(
        EXIT.unreachable,
        'REVIEW_UNREACHABLE',
        `The review service at ${this.base} does not answer: is the stack running? \`npm run status\` tells.`,
        { cause },
      );
    });
    if (response.ok) return (await response.json()) as T;
    const problem = (await response.json().catch(() => ({}))) as Problem;
    const exitCode =
      response.status === 404
        ? EXIT.notFound
        : response.status >= 500
          ? EXIT.unreachable
          : response.status === 400
            ? EXIT.usage
            : EXIT.refused;
    throw new CliRefusal(
      exitCode,
      problem.code ?? `HTTP_${response.status}`,
      problem.detail ?? `The review service answers ${response.status}.`,
    );
  }
}
