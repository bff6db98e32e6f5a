import { readFileSync } from 'node:fs';
import type { ContractChanged, CrmIssue } from '@mandate/schemas';
import { openStack, type StackConnection } from './connection';
import { approveOverHttp } from './demo-approve';
import { type Hop, Watch } from './demo-watch';
import { needs, needText, wordsOf } from './demo-words';
import { publishIssues, sampleCrmIssue } from './samples';

/** How a story ended, beside how it should have. */
interface Ending {
  readonly story: string;
  readonly reference: string;
  readonly issue_id: string;
  readonly contract_id: string | null;
  readonly end: string;
  readonly asTold: boolean;
}

/** Plays four stories on a running stack and tells them hop by hop. */
class Demo {
  private readonly startedAtMs = Date.now();
  private readonly watch: Watch;
  private readonly stories = new Map<string, string>(); // issue id → story

  constructor(
    private readonly stack: StackConnection,
    private readonly isJson: boolean,
  ) {
    this.watch = new Watch(stack);
  }

  async play(): Promise<boolean> {
    this.watch.onHop = (hop) => this.tell(hop);
    await this.watch.start();
    try {
      const endings = [await this.completed(), await this.rolledBack(), await this.mayNot(), await this.twice()];
      const asTold = endings.every((e) => e.asTold);
      if (this.isJson) console.log(JSON.stringify({ kind: 'end', as_told: asTold, stories: endings }));
      else
        for (const e of endings)
          console.log(
            `${e.asTold ? '✓' : '✗'} ${e.story}: ${e.end} (${e.reference}, issue ${e.issue_id}${e.contract_id ? `, contract ${e.contract_id}` : ''})`,
          );
      return asTold;
    } finally {
      await this.watch.stop();
    }
  }

  private say(text: string): void {
    if (!this.isJson) console.log(text);
  }

  private tell(hop: Hop): void {
    const story = this.stories.get(hop.link.issueId);
    if (!story) return;
    const seconds = ((hop.atMs - this.startedAtMs) / 1_000).toFixed(3);
    if (this.isJson) {
      const { writer, type, says, version, issueId } = hop.link;
      console.log(
        JSON.stringify({
          kind: 'hop',
          story,
          seconds: Number(seconds),
          topic: hop.topic,
          key: hop.key,
          writer,
          message: type,
          says,
          version,
          issue_id: issueId,
          said_at: hop.link.time,
        }),
      );
    } else {
      console.log(
        `  +${seconds.padStart(7)} s  ${hop.link.writer.padEnd(12)} ${hop.link.type.padEnd(20)} ${hop.link.says.padEnd(22)} ${wordsOf(hop)}`,
      );
    }
  }

  private issue(source: CrmIssue['source'], subject: string, body: string): CrmIssue {
    const reference = `DEMO-${Date.now().toString(36).toUpperCase()}`;
    return sampleCrmIssue({ source, reference, submitter: 'demo', subject, body }, Date.now());
  }

  /** Publishes and waits for the answer that names the issue. */
  private async publish(story: string, issue: CrmIssue): Promise<string> {
    await publishIssues(this.stack, [issue]);
    const answer = await this.watch.next(
      'the answer RECEIVED',
      'CrmUpdate',
      (h) => h.value.reference === issue.reference && h.value.state === 'RECEIVED',
    );
    const issueId = answer.value.issue_id as string;
    this.stories.set(issueId, story);
    return issueId;
  }

  private async eligible(issueId: string): Promise<ContractChanged> {
    const verdict = await this.watch.next('a verdict', 'EligibilityJudged', (h) => h.value.issue_id === issueId);
    if (verdict.value.verdict !== 'MAY')
      throw new Error(`the issue was judged MAY_NOT by ${verdict.value.first_failing_rule}: ${needs(verdict.value)}`);
    return (
      await this.watch.next(
        'an ELIGIBLE contract',
        'ContractChanged',
        (h) => h.value.issue_id === issueId && h.link.says === 'ELIGIBLE',
      )
    ).value;
  }

  private async completed(): Promise<Ending> {
    const before = await this.configured('api_rate_limit.requests_per_minute');
    const wanted = before >= 9_000 ? 100 : before + 60;
    this.say(`\n1. A change that goes well: the API rate limit from ${before} to ${wanted} a minute.`);
    const issue = this.issue(
      'support_ticket',
      'API rate limit',
      `Please raise the API rate limit from ${before} to ${wanted} per minute.`,
    );
    if (wanted < before)
      Object.assign(issue, { body: `Please lower the API rate limit from ${before} to ${wanted} per minute.` });
    const issueId = await this.publish('completed', issue);
    const contract = await this.eligible(issueId);
    await approveOverHttp(this.stack, contract);
    const ended = await this.ended(contract.contract_id);
    const after = await this.until(
      () => this.configured('api_rate_limit.requests_per_minute'),
      (v) => v === wanted,
    );
    this.say(`  The application now allows ${after} requests a minute.`);
    return {
      story: 'completed',
      reference: issue.reference,
      issue_id: issueId,
      contract_id: contract.contract_id,
      end: ended,
      asTold: ended === 'COMPLETED' && after === wanted,
    };
  }

  private async rolledBack(): Promise<Ending> {
    const before = await this.configured('search_depth.max_hops');
    this.say(`\n2. A change that does harm: the search depth from ${before} to 12. It is audited FAIL and undone.`);
    const issue = this.issue('support_ticket', 'Search depth', `Please raise the search depth from ${before} to 12.`);
    const issueId = await this.publish('rolled back', issue);
    const contract = await this.eligible(issueId);
    const wellBefore = await this.searchIsWell();
    await approveOverHttp(this.stack, contract);
    const ended = await this.ended(contract.contract_id);
    await this.watch.next(
      'the incident ROLLED_BACK',
      'IncidentChanged',
      (h) => h.value.contract_id === contract.contract_id && h.value.state === 'ROLLED_BACK',
      120_000,
    );
    await this.watch.next(
      'the CRM told ROLLED_BACK',
      'CrmUpdate',
      (h) => h.value.issue_id === issueId && h.value.state === 'ROLLED_BACK',
    );
    const after = await this.until(
      () => this.configured('search_depth.max_hops'),
      (v) => v === before,
    );
    const wellAfter = await this.until(
      () => this.searchIsWell(),
      (well) => well,
    );
    const isListed = await this.until(
      () => this.incidentIsListed(contract.contract_id),
      (listed) => listed,
    );
    this.say(
      `  The search depth is ${after} again, the application is ${wellAfter ? 'well' : 'NOT well'}, the incident is ${isListed ? '' : 'NOT '}in the review's list.`,
    );
    const asTold = wellBefore && ended === 'FAILED' && after === before && wellAfter && isListed;
    return {
      story: 'rolled back',
      reference: issue.reference,
      issue_id: issueId,
      contract_id: contract.contract_id,
      end: ended,
      asTold,
    };
  }

  private async mayNot(): Promise<Ending> {
    this.say('\n3. A change that may not be: the billing ledger is frozen.');
    const issue = this.issue(
      'support_ticket',
      'Rounding',
      'Please change the rounding of the billing ledger to half_up.',
    );
    const issueId = await this.publish('may not', issue);
    const { value } = await this.watch.next('a verdict', 'EligibilityJudged', (h) => h.value.issue_id === issueId);
    for (const rule of value.rules.filter((r) => !r.passed)) this.say(`  ${rule.id} needed: ${needText(rule.need)}`);
    await this.watch.next(
      'the CRM told NOT_ELIGIBLE',
      'CrmUpdate',
      (h) => h.value.issue_id === issueId && h.value.state === 'NOT_ELIGIBLE',
    );
    return {
      story: 'may not',
      reference: issue.reference,
      issue_id: issueId,
      contract_id: null,
      end: value.verdict,
      asTold: value.verdict === 'MAY_NOT',
    };
  }

  private async twice(): Promise<Ending> {
    this.say('\n4. The same issue sent twice.');
    const issue = this.issue('crm_feedback', 'Thank you', 'I just wanted to say thank you for the new search.');
    const issueId = await this.publish('twice', issue);
    await publishIssues(this.stack, [issue]);
    const { value } = await this.watch.next(
      'the answer DUPLICATE',
      'CrmUpdate',
      (h) => h.value.reference === issue.reference && h.value.state === 'DUPLICATE',
    );
    this.say(`  ${value.sentence}`);
    return {
      story: 'twice',
      reference: issue.reference,
      issue_id: issueId,
      contract_id: null,
      end: value.state,
      asTold: value.issue_id === issueId,
    };
  }

  private async ended(contractId: string): Promise<string> {
    const hop = await this.watch.next(
      'the end of the contract',
      'ContractChanged',
      (h) =>
        h.value.contract_id === contractId && ['COMPLETED', 'FAILED', 'EXPIRED', 'REJECTED'].includes(h.value.status),
      120_000,
    );
    return hop.value.status;
  }

  private async configured(flag: string): Promise<number> {
    const response = await fetch(`${this.stack.urls['sample-app']}/`);
    const body = (await response.json()) as { configuration: Record<string, { value: number }> };
    return body.configuration[flag]?.value ?? Number.NaN;
  }

  private async searchIsWell(): Promise<boolean> {
    const response = await fetch(`${this.stack.urls['sample-app']}/health/search`);
    await response.arrayBuffer();
    return response.ok;
  }

  private async incidentIsListed(contractId: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${readFileSync(this.stack.founder.tokenFile, 'utf8').trim()}` };
    const response = await fetch(`${this.stack.urls.review}/api/v1/attention`, { headers });
    return (await response.text()).includes(contractId);
  }

  private async until<T>(read: () => Promise<T>, isGood: (value: T) => boolean, limitMs = 15_000): Promise<T> {
    const until = Date.now() + limitMs;
    for (;;) {
      const value = await read();
      if (isGood(value) || Date.now() > until) return value;
      await new Promise((r) => setTimeout(r, 100));
    }
  }
}

const dataDir = process.env.MANDATE_STACK;
if (dataDir === undefined) {
  console.error('MANDATE_STACK names no stack: run `npm run demo`.');
  process.exit(2);
}
new Demo(openStack(dataDir), process.argv.includes('--json')).play().then(
  (asTold) => process.exit(asTold ? 0 : 1),
  (error: Error) => {
    console.error(`The demo stopped: ${error.message}`);
    process.exit(1);
  },
);
