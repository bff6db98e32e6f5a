import { changesIn, read } from '../testing/issues';

/** What the demo's stories, the stack's sample issues and the end-to-end tests send. */
describe('the texts of the demo', () => {
  it.each([
    [
      'API rate limit',
      'Please raise the API rate limit from 100 to 160 per minute.',
      ['api_rate_limit#requests_per_minute 100>160'],
    ],
    [
      'API rate limit',
      'Please raise the burst size of the API rate limit from 20 to 30.',
      ['api_rate_limit#burst 20>30'],
    ],
    ['Search depth', 'Please raise the search depth from 3 to 12.', ['search_depth#max_hops 3>12']],
    [
      'Rounding',
      'Please change the rounding of the billing ledger to half_up.',
      ['billing_ledger#rounding_mode half_even>half_up'],
    ],
    [
      'Rounding on invoices',
      'Please change the rounding of the billing ledger to half_up.',
      ['billing_ledger#rounding_mode half_even>half_up'],
    ],
    [
      'Bursts are cut off in our nightly sync',
      'Hello,\n\nour nightly sync runs into 429 answers. Please raise the burst size of the API rate limit from 20 to 40.\n\nThanks\nMira',
      ['api_rate_limit#burst 20>40'],
    ],
    [
      'Sign-in sessions are too short',
      'Our clerks are signed out in the middle of an order. Please set the session lifetime to 8 hours.',
      ['session_lifetime#lifetime_minutes 60>480'],
    ],
    [
      'API rate limit too low for our nightly sync',
      'Hello,\n\nour nightly sync runs into 429 answers since we have grown. Please raise the API rate limit from 100 to 101 per minute.\n\nThank you',
      ['api_rate_limit#requests_per_minute 100>101'],
    ],
    [
      'Bursts are cut off',
      'Please raise the burst size of the API rate limit from 20 to 40.',
      ['api_rate_limit#burst 20>40'],
    ],
    ['Search is too shallow', 'Please raise the search depth from 3 to 12.', ['search_depth#max_hops 3>12']],
    ['Session lifetime', 'Please set the session lifetime to 61 minutes.', ['session_lifetime#lifetime_minutes 60>61']],
    [
      'Raise the API rate limit',
      'Please raise the API rate limit from 100 to 200 per minute.',
      ['api_rate_limit#requests_per_minute 100>200'],
    ],
    [
      '<script>alert(1)</script> sess\u202Enoi\u202C s\u0435ssions',
      `Please raise the session lifetime from 60 to 90 minutes.\n\n<img src=x onerror="alert(2)"> end\u200B ${'x'.repeat(9_800)}`,
      ['session_lifetime#lifetime_minutes 60>90'],
    ],
    [
      'Exports',
      `Please raise the row limit of bulk export from 10000 to 20000.\n\nZ${'\u0301'.repeat(9_900)}algo`,
      ['bulk_export#rows_max 10000>20000'],
    ],
    [
      'Export jobs are cut off',
      'Please raise the row limit of bulk export from 10000 to 50000.',
      ['bulk_export#rows_max 10000>50000'],
    ],
  ])('ask for what their stories tell: %s / %s', (subject, body, expected) => {
    expect(changesIn(body, { subject })).toEqual(expected);
    expect(read(body, { subject })).toMatchObject({ recommended_action: 'create_contract' });
    expect(read(body, { subject }).confidence_score).toBeGreaterThanOrEqual(0.95);
  });

  it.each([
    ['Great product', 'I just wanted to say thank you, everything works well.'],
    ['Thank you', 'I just wanted to say thank you for the new search.'],
  ])('that thank ask for nothing: %s', (subject, body) => {
    expect(read(body, { subject, source: 'crm_feedback' })).toMatchObject({
      issue_type: 'unknown',
      recommended_action: 'defer',
    });
  });
});
