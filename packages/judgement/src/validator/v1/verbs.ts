/** What a request wants done. `raise` and `lower` set a value too, and say which way. */
export type Action = 'raise' | 'lower' | 'set' | 'multiply' | 'enable' | 'launch' | 'disable';

/** Verbs in the form that asks ("raise"), and as what is asked to be done ("raised"). */
const VERBS: readonly (readonly [Action, string])[] = [
  ['raise', 'raise increase bump lift extend boost prolong expand enlarge grow'],
  ['lower', 'lower reduce decrease cut shorten drop shrink'],
  ['set', 'set change adjust make update configure put move modify alter amend reconfigure cap limit restrict'],
  ['multiply', 'double triple halve'],
  ['enable', 'enable activate reenable reactivate'],
  ['launch', 'launch'],
  ['disable', 'disable deactivate'],
];
const GERUNDS: typeof VERBS = [
  ['raise', 'upping raising increasing bumping lifting extending boosting prolonging'],
  ['lower', 'lowering reducing decreasing cutting shortening dropping'],
  ['set', 'setting changing adjusting making updating configuring'],
  ['enable', 'enabling activating'],
  ['disable', 'disabling deactivating'],
];
const PARTICIPLES: readonly (readonly [Action, string])[] = [
  ['raise', 'raised increased bumped lifted extended boosted prolonged expanded enlarged upped'],
  ['lower', 'lowered reduced decreased cut shortened dropped'],
  ['set', 'set changed adjusted made updated configured put moved modified altered'],
  ['multiply', 'doubled tripled halved'],
  ['enable', 'enabled activated reenabled reactivated'],
  ['launch', 'launched'],
  ['disable', 'disabled deactivated'],
];

const toMap = (table: typeof VERBS): ReadonlyMap<string, Action> =>
  new Map(table.flatMap(([action, words]) => words.split(' ').map((word) => [word, action] as const)));

export const BASE_VERBS = toMap(VERBS);
export const PARTICIPLE_VERBS = toMap(PARTICIPLES);
/** Behind "would you mind". */
export const GERUND_VERBS = toMap(GERUNDS);

/** Verbs that need "on" or "off" to mean anything; "switch … to" sets a value. */
export const TOGGLE_VERBS = new Set(['turn', 'switch', 'toggle', 'shut', 'flip']);
export const TOGGLE_PARTICIPLES = new Set(['turned', 'switched', 'toggled', 'shut']);

/** A verb with one of these behind it is not about a setting ("raise a ticket", "make sure", "set up a call"). */
export const IDIOM_OBJECTS = new Set(
  `ticket tickets issue issues concern concerns question questions awareness sure it's up aside down out back me us changes
   request log logs note use available possible awards`.split(/\s+/),
);

/** What a person is asked to do that no registry can: the mail asks for more than a change of a setting. */
export const TASK_VERBS = new Set(
  `add remove delete create send refund fix restore reset restart reboot migrate upgrade downgrade cancel close open give
   grant revoke rename export import install block unblock unlock allow provide build implement replace deploy roll revert
   undo merge schedule assign transfer charge invoice stop start pause resume rotate whitelist allowlist purge clear rebuild
   reindex patch introduce offer ship write credit`.split(/\s+/),
);
