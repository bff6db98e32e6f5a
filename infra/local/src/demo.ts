import type { ContractChanged, CrmIssue } from '@mandate/schemas';
import { openStack, type StackConnection } from './connection';
import { approveOverHttp } from './demo-approve';
import { type Ending, firstFree, NotEligible, playAll } from './demo-ending';
import { Look, until } from './demo-look';
import { type Hop, Watch } from './demo-watch';
import { needText, wordsOf } from './demo-words';
import { StackRefusal } from './refusal';
import { publishIssues, sampleCrmIssue } from './samples';

/** A number that the first story may change. */
interface Target {
  readonly flag: string;
  readonly what: string;
  readonly unit: string;
  readonly wanted: (before: number) => number;
}

/** The second is for when a contract holds the first. */
const targets: readonly Target[] = [
  {
    flag: 'api_rate_limit.requests_per_minute',
    what: 'the API rate limit',
    unit: ' per minute',
    wanted: (before) => (before >= 9_000 ? 100 : before + 60),
  },
  {
    flag: 'api_rate_limit.burst',
    what: 'the burst size of the API rate limit',
    unit: '',
    wanted: (before) => (before >= 900 ? 20 : before + 10),
  },
];

/** Plays four stories on a running stack and tells them hop by hop. */
class Demo {
  private readonly startedAtMs = Date.now();
  private readonly watch: Watch;
  private readonly look: Look;
  private readonly stories = new Map<string, string>(); // issue id → story
  private readonly published = new Map<string, Pick<Ending, 'reference' | 'issue_id'>>(); // story → its last issue

  constructor(
    private readonly stack: StackConnection,
    private readonly isJson: boolean,
  ) {
    this.watch = new Watch(stack);
    this.look = new Look(stack);
  }

  async play(): Promise<boolean> {
    this.watch.onHop = (hop) => this.tell(hop);
    await this.watch.start();
    try {
      const endings = await playAll(
        {
          completed: () => this.completed(),
          'rolled back': () => this.rolledBack(),
          'may not': () => this.mayNot(),
          twice: () => this.twice(),
        },
        (story) => this.published.get(story) ?? { reference: null, issue_id: null },
      );
      const asTold = endings.every((e) => e.asTold);
      if (this.isJson) console.log(JSON.stringify({ kind: 'end', as_told: asTold, stories: endings }));
      else for (const ending of endings) console.log(endingLine(ending));
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
    this.published.set(story, { reference: issue.reference, issue_id: null });
    await publishIssues(this.stack, [issue]);
    const answer = await this.watch.next(
      'the answer RECEIVED',
      'CrmUpdate',
      (h) => h.value.reference === issue.reference && h.value.state === 'RECEIVED',
    );
    const issueId = answer.value.issue_id as string;
    this.stories.set(issueId, story);
    this.published.set(story, { reference: issue.reference, issue_id: issueId });
    return issueId;
  }

  private async eligible(issueId: string): Promise<ContractChanged> {
    const verdict = await this.watch.next('a verdict', 'EligibilityJudged', (h) => h.value.issue_id === issueId);
    if (verdict.value.verdict !== 'MAY') throw new NotEligible(verdict.value);
    return (
      await this.watch.next(
        'an ELIGIBLE contract',
        'ContractChanged',
        (h) => h.value.issue_id === issueId && h.link.says === 'ELIGIBLE',
      )
    ).value;
  }

  private completed(): Promise<Ending> {
    this.say('\n1. A change that goes well.');
    return firstFree(
      targets,
      (target) => this.changed(target),
      (sentence) => this.say(`  ${sentence}. Something else is changed instead.`),
    );
  }

  private async changed({ flag, what, unit, wanted: wantedAfter }: Target): Promise<Ending> {
    const before = await this.look.configured(flag);
    const wanted = wantedAfter(before);
    this.say(`  It is to change ${what} from ${before} to ${wanted}.`);
    const verb = wanted < before ? 'lower' : 'raise';
    const text = `Please ${verb} ${what} from ${before} to ${wanted}${unit}.`;
    const issue = this.issue('support_ticket', 'API rate limit', text);
    const issueId = await this.publish('completed', issue);
    const contract = await this.eligible(issueId);
    await approveOverHttp(this.stack, contract);
    const ended = await this.ended(contract.contract_id);
    const after = await until(
      () => this.look.configured(flag),
      (v) => v === wanted,
    );
    this.say(`  The application now runs with ${after}.`);
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
    const before = await this.look.configured('search_depth.max_hops');
    this.say(`\n2. A change that does harm: the search depth from ${before} to 12. It is audited FAIL and undone.`);
    const issue = this.issue('support_ticket', 'Search depth', `Please raise the search depth from ${before} to 12.`);
    const issueId = await this.publish('rolled back', issue);
    const contract = await this.eligible(issueId);
    const wellBefore = await this.look.searchIsWell();
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
    const after = await until(
      () => this.look.configured('search_depth.max_hops'),
      (v) => v === before,
    );
    const wellAfter = await until(
      () => this.look.searchIsWell(),
      (well) => well,
    );
    const isListed = await until(
      () => this.look.incidentIsListed(contract.contract_id),
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
}

function endingLine({ story, reference, issue_id, contract_id, end, asTold }: Ending): string {
  const about = [reference, issue_id && `issue ${issue_id}`, contract_id && `contract ${contract_id}`].filter(Boolean);
  return `${asTold ? '✓' : '✗'} ${story}: ${end}${about.length > 0 ? ` (${about.join(', ')})` : ''}`;
}

/** @returns the exit code */
async function main(): Promise<number> {
  const dataDir = process.env.MANDATE_STACK;
  if (dataDir === undefined) {
    console.error('MANDATE_STACK names no stack: run `npm run demo`.');
    return 2;
  }
  try {
    return (await new Demo(openStack(dataDir), process.argv.includes('--json')).play()) ? 0 : 1;
  } catch (error) {
    const { message } = error as Error;
    console.error(error instanceof StackRefusal ? message : `The demo stopped: ${message}`);
    return 1;
  }
}

void main().then((code) => process.exit(code));
