import { DEFAULT_PARAMETERS, RULES_VERSION, ruleSetOf } from './v1/parameters';
import { parametersFromText } from './v1/parameters-file';

const problemsOf = (text: string) => parametersFromText(text).problems;

describe('a file of rule parameters', () => {
  it('holds any of them; what it leaves out has the default', () => {
    const text = 'confidence_min: 0.8\nsources_allowed: [ops_alert]\nrival_window: 36h\nhealth_wait: 0s\n';
    expect(parametersFromText(text).parameters).toEqual({
      confidence_min: 0.8,
      sources_allowed: ['ops_alert'],
      rival_window_ms: 36 * 3_600_000,
      health_wait_ms_max: 0,
    });
    const one = parametersFromText('{"confidence_min": 0.8}').parameters;
    expect(one).toEqual({ ...DEFAULT_PARAMETERS, confidence_min: 0.8 });
  });

  it.each(['', '# nothing yet', 'rival_window: 1440m', 'confidence_min: 0.70'])(
    'ELIG-001: that states the defaults in other words is the same rules version: %j',
    (text) => {
      expect(ruleSetOf(parametersFromText(text).parameters ?? DEFAULT_PARAMETERS).version).toBe(RULES_VERSION);
    },
  );

  it.each([
    ['confidence_min: high', 'confidence_min is "high"; it wants a number from 0 to 1.'],
    ['confidence_min: -0.1', 'confidence_min is -0.1; it wants a number from 0 to 1.'],
    ['confidence_min: .nan', 'confidence_min is null; it wants a number from 0 to 1.'],
    ['sources_allowed: []', 'sources_allowed is []; it wants a list of one or more of'],
    ['sources_allowed: [pigeon]', 'sources_allowed is ["pigeon"]; it wants a list of one or more of'],
    ['rival_window: 24', 'rival_window is 24; it wants a duration such as 90m, 24h or 7d, at most 30d.'],
    ['health_wait: 31d', 'health_wait is "31d"; it wants a duration'],
    ['threshold: 1', 'threshold is no parameter of the rules; there are confidence_min, sources_allowed'],
    ['toString: 1', 'toString is no parameter of the rules'],
    ['- 1', 'It wants lines such as "confidence_min: 0.75".'],
    ['a: [', 'It is no YAML: '],
  ])('that says %j is refused in a sentence', (text, sentence) => {
    expect(problemsOf(text)?.join(' ')).toContain(sentence);
  });

  it('tells every mistake at once', () => {
    expect(problemsOf('confidence_min: 2\nrival_window: soon\nx: 1')).toHaveLength(3);
  });
});
