import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@mandate/contracts';
import { FullChain } from './src/full-chain';

jest.setTimeout(180_000);

const ROOT = join(__dirname, '..');
const OURS = /^(mandate|messaging|db_client)_/;
/** What Prometheus and node_exporter tell by themselves. */
const ELSEWHERE = /^(up|node_filesystem_\w+)$/;
/** Of how many values a label may be on the chain under test; what would grow with issues or contracts is caught. */
const VALUES_MAX = 60;

interface Family {
  readonly labels: Set<string>;
  readonly values: Map<string, Set<string>>;
  readonly services: Set<string>;
}

/** Every metric that docs/metrics.md lists, with its labels. */
function documented(): Map<string, { labels: string[]; services: readonly string[] }> {
  const listed = new Map<string, { labels: string[]; services: readonly string[] }>();
  let services: readonly string[] = SERVICES;
  for (const line of readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8').split('\n')) {
    const heading = /^## (.*)$/.exec(line)?.[1];
    if (heading) services = SERVICES.filter((s) => s === heading).length ? [heading] : SERVICES;
    const [, name, labels] = /^\| `(\w+)` \| \w+ \| ([^|]*) ?\|/.exec(line) ?? [];
    if (name)
      listed.set(name, {
        labels: [...(labels ?? '').matchAll(/`(\w+)`/g)].map(([, l]) => l as string).sort(),
        services,
      });
  }
  return listed;
}

/** Every expression that a dashboard or a rule asks. */
function queries(): { where: string; expr: string }[] {
  const folder = join(ROOT, 'infra/grafana/generated');
  const panels = readdirSync(folder).flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      panels: { title: string; targets?: { expr: string }[] }[];
    };
    return panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr })),
    );
  });
  const rules = readFileSync(join(ROOT, 'infra/prometheus/rules.yml'), 'utf8');
  const asked = [...rules.matchAll(/expr: \|-\n\s+(.*)/g)].map(([, expr]) => ({
    where: 'rules.yml',
    expr: expr as string,
  }));
  return [...panels, ...asked];
}

describe('metrics of a running chain', () => {
  let chain: FullChain;
  const families = new Map<string, Family>();

  beforeAll(async () => {
    chain = await FullChain.open();
    await chain.startAll();
    const subject = 'API rate limit';
    const body = 'Please raise the API rate limit from 100 to 160 per minute.';
    await chain.world.issue({ reference: 'METRICS-1', subject, body });
    const contract = await chain.eligible('METRICS-1');
    await chain.approveWhenHealthy(contract.value);
    await chain.reaches(contract.value.contract_id, 'COMPLETED');
    for (const service of SERVICES) keep(service, await (await fetch(`${chain.url(service)}/metrics`)).text());
  });
  afterAll(() => chain.close());

  function keep(service: string, page: string): void {
    for (const line of page.split('\n')) {
      const declared = /^# TYPE (\S+) /.exec(line)?.[1];
      const [, series, inside] = /^(\w+)\{(.*)\} /.exec(line) ?? [];
      const name =
        declared ?? [...families.keys()].find((f) => series?.replace(f, '').match(/^(|_bucket|_sum|_count)$/));
      if (!name) continue;
      const family = families.get(name) ?? { labels: new Set(), values: new Map(), services: new Set() };
      families.set(name, family);
      family.services.add(service);
      for (const [, label, value] of (inside ?? '').matchAll(/(\w+)="([^"]*)"/g)) {
        family.labels.add(label as string);
        family.values.set(label as string, (family.values.get(label as string) ?? new Set()).add(value as string));
      }
    }
  }

  it('docs/metrics.md lists every metric, and the services expose every one that it lists', () => {
    const exposed = [...families]
      .filter(([name]) => OURS.test(name))
      .map(([name, f]) => [name, [...f.services].sort()]);
    const listed = [...documented()].map(([name, { services }]) => [name, [...services].sort()]);
    expect(exposed.sort()).toEqual(listed.sort());
  });

  it('series carry the labels that are listed, of few values, and never an id', () => {
    for (const [name, { labels }] of documented()) {
      const family = families.get(name) as Family;
      const found = [...family.labels].filter((l) => l !== 'service' && l !== 'le').sort();
      if (found.length > 0) expect([name, found]).toEqual([name, labels]);
      for (const [label, values] of family.values) {
        expect([name, label, values.size]).toEqual([name, label, Math.min(values.size, VALUES_MAX)]);
        expect([...values].filter((v) => /[0-9a-f]{8}-[0-9a-f]{4}-|METRICS-1/.test(v))).toEqual([]);
      }
    }
  });

  it('every panel and every rule asks for metrics and labels that there are', () => {
    const table = documented();
    const all = queries();
    expect(all.length).toBeGreaterThan(200);
    const wrong: string[] = [];
    for (const { where, expr } of all) {
      for (const [, name, , inside] of expr.matchAll(/\b([a-z]\w*_\w+|up)\b(\{([^}]*)\})?(?! *\()/g)) {
        const plain = expr.replace(/\{[^}]*\}/g, '{}').replace(/\b(by|without) ?\([^)]*\)/g, '');
        if (!new RegExp(`\\b${name}\\b`).test(plain) || ELSEWHERE.test(name as string)) continue;
        const base = (name as string).replace(/_(bucket|sum|count)$/, '');
        const known = families.has(name as string) ? (name as string) : base;
        const family = families.get(known);
        if (!family) {
          if (!/^(histogram_quantile|le)$/.test(name as string)) wrong.push(`${where}: there is no ${name}`);
          continue;
        }
        const labels = [...(table.get(known)?.labels ?? []), ...family.labels, 'service', 'job', 'instance', 'le'];
        const asked = [...(inside ?? '').matchAll(/(\w+) *(=~|!~|!=|=)/g)].map(([, label]) => label as string);
        const by = [...expr.matchAll(/\bby ?\(([^)]*)\)/g)].flatMap(([, l]) => (l as string).split(/, ?/));
        for (const label of [...asked, ...by])
          if (!labels.includes(label)) wrong.push(`${where}: ${name} has no label ${label}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('nothing failed while they were read, and everybody is well', () => {
    const valuesOf = (name: string, label: string): string[] => [...(families.get(name)?.values.get(label) ?? [])];
    expect(valuesOf('mandate_failures_total', 'code')).not.toContain('METRICS');
    expect(valuesOf('mandate_authority_violations_total', 'code')).toEqual([]);
    expect(valuesOf('mandate_health_state', 'scope')).toContain('SYSTEM');
  });
});
