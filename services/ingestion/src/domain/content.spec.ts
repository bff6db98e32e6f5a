import { crmInput } from '../testing/inputs';
import { contentOf, differing } from './content';
import type { AdmittedInput } from './crm-input';

const content = (more: Partial<AdmittedInput> = {}) =>
  contentOf({ ...crmInput(), kind: 'ISSUE', document: null, ...more });

describe('the content of an input', () => {
  it('is what it says, whenever and by whomever it was sent', () => {
    const later = content({ occurredAt: 0, reference: 'T-2', submitter: 'someone', document: '{"at":1}' });
    expect(differing(content(), later)).toEqual([]);
    expect(differing(content(), content({ hintChange: '' }))).toEqual([]);
  });

  it('differs field by field', () => {
    const other = content({ subject: 'x', hintSeverity: 'high', clarificationRequestId: 'q' });
    expect(differing(content(), other)).toEqual(['subject', 'hint_severity', 'clarification_request_id']);
  });
});
