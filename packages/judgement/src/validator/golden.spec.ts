import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CapabilityState, canonicalJson, sha256 } from '@mandate/contracts';
import type { IssueText } from '../proposal';
import { VALIDATOR_VERSION, validate } from './validate';

interface Golden {
  readonly registries: readonly { readonly registry_version: number; readonly capabilities: CapabilityState[] }[];
  readonly cases: readonly { readonly registry: number; readonly issue: IssueText; readonly digest: string }[];
}

const folder = join(__dirname, 'golden');
const versions = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

describe('golden answers', () => {
  it('VAL-002: are kept for the present version', () => {
    expect(versions).toContain(VALIDATOR_VERSION);
  });

  it.each(versions)('VAL-001, VAL-002: of version %s are what it answers still, byte for byte', (version) => {
    const golden = JSON.parse(readFileSync(join(folder, `${version}.json`), 'utf8')) as Golden;
    const registries = golden.registries.map(({ registry_version, capabilities }) => ({
      registry_version,
      capabilities: new Map(capabilities.map((c) => [c.capability, c])),
    }));
    const changed = golden.cases.filter(({ registry, issue, digest }) => {
      const answer = validate(issue, registries[registry] as (typeof registries)[number], version);
      return sha256(canonicalJson(answer)).toString('hex') !== digest;
    });
    // An answer may only change with a new version: raise it, keep the old one's code, write its golden answers.
    expect(changed.map((c) => c.issue.issue_id)).toEqual([]);
  });
});
