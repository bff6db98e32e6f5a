// Reads the labelled texts and the registries they are about; README.md tells the format.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const catalogue = join(here, '../../../infra/capabilities.yaml');
export const parts = ['tune', 'held-out'];

const TYPES = {
  config: 'configuration_change',
  request: 'capability_request',
  bug: 'bug_report',
  escalation: 'escalation',
  unknown: 'unknown',
};

/** @returns all texts of a part with what they are about and what is right */
export function textsOf(part) {
  const folder = join(here, 'texts', part);
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const registry = registryOf(file.replace(/(?:-.*)?\.txt$/, ''));
      const blocks = readFileSync(join(folder, file), 'utf8').split(/^@ /m).slice(1);
      return blocks.map((block, n) => toText(`${part}/${file}:${n + 1}`, block, registry));
    });
}

function toText(id, block, registry) {
  const [label, ...lines] = block.replace(/\n+$/, '').split('\n');
  const [kind, capabilities = '', changes = '', source = 'support_ticket'] = label.split('|').map((s) => s.trim());
  const [type, severity] = kind.split(' ');
  const hasSubject = lines[0]?.startsWith('Subject: ');
  const subject = hasSubject ? lines.shift().slice('Subject: '.length) : '';
  if (TYPES[type] === undefined) throw new Error(`${id}: no type "${type}"`);
  return {
    id,
    registry,
    issue: {
      issue_id: id,
      source: source || 'support_ticket',
      subject,
      body: lines.join('\n'),
      hints: { severity: null, capabilities: [], change: null },
    },
    right: { type: TYPES[type], severity, capabilities: listOf(capabilities), changes: listOf(changes) },
  };
}

const listOf = (text) =>
  text
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '')
    .sort();

const registries = new Map();

/** `shipped` is the catalogue of this repository, the others are invented. */
function registryOf(name) {
  if (!registries.has(name)) {
    const file = name === 'shipped' ? catalogue : join(here, 'registries', `${name}.yaml`);
    const states = parse(readFileSync(file, 'utf8')).capabilities.map(toState);
    registries.set(name, { registry_version: 1, capabilities: new Map(states.map((s) => [s.capability, s])) });
  }
  return registries.get(name);
}

function toState(line) {
  const keys = line.keys.map((key) => ({ description: '', first_value: key.value, ...key }));
  const definition = {
    owner: 'eval',
    lifecycle: 'LAUNCHED',
    enabled: true,
    frozen: false,
    driver: 'registry',
    irreversible_allowed: [],
    probes: [],
    constraints: {},
    risk: {},
    ...line,
    keys,
  };
  return {
    capability: line.name,
    version: 1,
    definition,
    enabled: definition.enabled,
    lifecycle: definition.lifecycle,
    values: Object.fromEntries(keys.map((key) => [key.key, key.first_value])),
    provisional_contract_id: null,
  };
}

/** A proposal's changes in the labels' short form. */
export function shortOf(changes) {
  return changes
    .flatMap((change) => {
      if (change.kind === 'capability_enable') return [`+${change.capability}`];
      if (change.kind === 'capability_disable') return [`-${change.capability}`];
      const settings = change.kind === 'configuration_update' ? [change.setting] : change.settings;
      return settings.map((s) => `${change.capability}#${s.key}=${s.new}`);
    })
    .sort();
}
