import { changesIn, read } from '../testing/issues';

const LIMIT = 'api_rate_limit#requests_per_minute';

describe('what a text asks for', () => {
  it.each([
    ['Please raise the API rate limit from 100 to 200/min.', [`${LIMIT} 100>200`]],
    ['set the search depth to 9', ['search_depth#max_hops 3>9']],
    ['Sessions should last 8 hours.', ['session_lifetime#lifetime_minutes 60>480']],
    ['turn on bulk export', ['+bulk_export PREVIEW']],
    ['Could you turn bulk export on for us?', ['+bulk_export PREVIEW']],
    ['I want bulk export enabled please.', ['+bulk_export PREVIEW']],
    ['Please launch bulk export.', ['+bulk_export LAUNCHED']],
    ['please disable search depth because it makes everything slow', ['-search_depth']],
    ['We would like the rate limit to be increased to 500 requests per minute.', [`${LIMIT} 100>500`]],
    ['The session timeout needs to be raised to 2 hours.', ['session_lifetime#lifetime_minutes 60>120']],
    ['Hi team, please bump the rate limit up to 1,000 requests a minute. Thanks!', [`${LIMIT} 100>1000`]],
    ['Request: increase request quota to 1k', [`${LIMIT} 100>1000`]],
    ['Can we get the API rate limit raised to 500 per minute?', [`${LIMIT} 100>500`]],
    ['Set rate limit to 10 per second', [`${LIMIT} 100>600`]],
    ['If possible, please raise the rate limit to 200 per minute.', [`${LIMIT} 100>200`]],
    ['Our API rate limit is too low. Please raise the limit to 200.', [`${LIMIT} 100>200`]],
    ['The API rate limit is 100. Could you bump it to 250?', [`${LIMIT} 100>250`]],
    ['Please double the API rate limit.', [`${LIMIT} 100>200`]],
    ['Please decrease session length by 15 minutes.', ['session_lifetime#lifetime_minutes 60>45']],
    ['Please change the session length from 60 to 90.', ['session_lifetime#lifetime_minutes 60>90']],
    ['Please set search_depth max_hops to 5', ['search_depth#max_hops 3>5']],
    ['Please increase the max hops for search depth to five.', ['search_depth#max_hops 3>5']],
    ['please make the search depth 7', ['search_depth#max_hops 3>7']],
    ['We need the search depth to be 9.', ['search_depth#max_hops 3>9']],
    ['please set bulk export row limit to 5000', ['bulk_export#rows_max 10000>5000']],
    [
      'Please set the rounding mode of the billing ledger to half up.',
      ['billing_ledger#rounding_mode half_even>half_up'],
    ],
    ['Change rounding to half_up in the billing ledger.', ['billing_ledger#rounding_mode half_even>half_up']],
    ['Please raise the\nAPI rate limit to 200.', [`${LIMIT} 100>200`]],
    ['Please turn on bulk export and let me know.', ['+bulk_export PREVIEW']],
    [
      'Please raise the session timeout to 8 hours, and the rate limit to 200.',
      [`${LIMIT} 100>200`, 'session_lifetime#lifetime_minutes 60>480'],
    ],
    ['Please turn on “bulk export”.', ['+bulk_export PREVIEW']],
    ['Bitte „bulk export“. Please turn on «bulk export» for our users.', ['+bulk_export PREVIEW']],
    ['session timeout to 8h pls', ['session_lifetime#lifetime_minutes 60>480']],
    ['search depth 3 -> 4 please', ['search_depth#max_hops 3>4']],
    ['We keep hitting the 100/min rate limit, 200 would do.', [`${LIMIT} 100>200`]],
    ['Would you mind increasing the search depth by one?', ['search_depth#max_hops 3>4']],
    ['Any chance you could up our rate limit to two hundred per minute?', [`${LIMIT} 100>200`]],
    ['Would you be so kind as to raise the rate limit to 200?', [`${LIMIT} 100>200`]],
    ['Bulk export - please activate', ['+bulk_export PREVIEW']],
    ['Please give us access to the bulk export feature.', ['+bulk_export PREVIEW']],
    ['Sessions should last an hour and a half.', ['session_lifetime#lifetime_minutes 60>90']],
    ['Plese increse the rate limit to 200.', [`${LIMIT} 100>200`]],
    ['Please set the search depth to 5 instead of 3.', ['search_depth#max_hops 3>5']],
    ["I'd like the session timeout set to 2 hours.", ['session_lifetime#lifetime_minutes 60>120']],
  ])('understands: %s', (body, expected) => {
    expect(changesIn(body)).toEqual(expected);
  });

  it.each([
    ['Please raise the API rate limit to 200 and turn on bulk export.', [`${LIMIT} 100>200`, '+bulk_export PREVIEW']],
    ['Please set the rate limit to 300 and the burst size to 50.', ['api_rate_limit#burst 20>50', `${LIMIT} 100>300`]],
    [
      'Set the search depth to 9 and the session timeout to 90 minutes.',
      ['search_depth#max_hops 3>9', 'session_lifetime#lifetime_minutes 60>90'],
    ],
    [
      'Please enable bulk export and set the row limit to 50,000.',
      ['+bulk_export PREVIEW', 'bulk_export#rows_max 10000>50000'],
    ],
  ])('finds both requests: %s', (body, expected) => {
    expect(changesIn(body)).toEqual(expected);
  });

  it.each([
    'Please raise the rate limit to 200 and update my phone number.',
    'Please raise the rate limit to 200. Please refund our last invoice too.',
    'Please set the API rate limit and the search depth to 9.',
    'Raise rate limit to 200. Raise the burst too.',
    'Please raise the rate limit to 200. Also, the invoice address is wrong.',
    'Please raise the rate limit to 200. Please paint the logo blue.',
    'Please turn on bulk export and teleport mode.',
    'Please turn on teleport mode and bulk export.',
    'Raise the rate limit and the upload size to 200.',
    'Raise the upload size and the rate limit to 200.',
    'Please raise the rate limit to 200 and lower the rate limit to 50.',
  ])('does nothing by halves: %s', (body) => {
    expect(changesIn(body)).toEqual([]);
  });

  it.each([
    ['negated', "Please don't turn on bulk export."],
    ['negated', 'Do not raise the rate limit to 200.'],
    ['a question how', 'Can you tell me how to turn on bulk export?'],
    ['a question', 'Was bulk export turned on yesterday?'],
    ['a report', 'We raised the rate limit to 200 last week.'],
    ['a maybe', 'We might want to raise the rate limit to 200.'],
    ['a condition', 'If load grows, raise the rate limit to 200.'],
    ['a condition', 'Please raise the rate limit to 200 if load grows.'],
    ['limited in time', 'Please raise the rate limit to 200 until Friday.'],
    ['limited in time', 'Please raise the rate limit to 200 for two weeks.'],
    ['for one customer', 'Increase the api rate limit to 200/min for customer 4711'],
    ['for a test system', 'Please set the search depth to 9 in staging.'],
    ['for a part', 'Please turn off search depth for the old catalogue only.'],
    ['for a part', 'Please set the session lifetime to 10 hours for the night shift.'],
    ['vague', 'Raise the rate limit to around 200.'],
    ['vague', 'Set search depth to 9 or 10'],
    ['vague', 'Set the search depth to 9-10'],
    ['without a unit', 'Set the session timeout to 8.'],
    ['in a unit that does not fit', 'Please raise the rate limit to 200 dollars.'],
    ['not a whole number', 'Please set the session lifetime to 90 seconds.'],
    ['in the wrong direction', 'Please raise the API rate limit to 50.'],
    ['about something else', 'Please raise the login rate limit to 200.'],
    ['about something else', 'Please enable bulk export notifications.'],
    ['done already', 'Please switch off bulk export.'],
    ['taken back', 'Please set the search depth to 9. Never mind, it is fine as it is.'],
    ['an idiom', "I'd like to raise a request for the rate limit."],
    ['ambiguous', 'Please set the search depth to 1.000.'],
  ])('suggests nothing that is %s: %s', (_why, body) => {
    expect(changesIn(body)).toEqual([]);
  });

  it('does not act on what the subject asks for and the body refuses', () => {
    const body = 'Please do not disable search depth.';
    expect(changesIn(body, { subject: 'Disable search depth' })).toEqual([]);
  });

  it.each([
    ['Raise burst', 'Please set burst size of the API rate limit from 20 to 40', ['api_rate_limit#burst 20>40']],
    ['Export', 'Please enable bulk export.', ['+bulk_export PREVIEW']],
    ['Enable export', 'Please enable bulk export.', ['+bulk_export PREVIEW']],
    ['Add bulk export', 'Please enable bulk export.', ['+bulk_export PREVIEW']],
    ['Raise API limit', 'Please raise the API rate limit to 200.', [`${LIMIT} 100>200`]],
    ['Request: increase API limit to 200', 'Please raise the API rate limit to 200.', [`${LIMIT} 100>200`]],
    ['Raise API rate limit', 'Please raise the API rate limit to 200.', [`${LIMIT} 100>200`]],
    ['Update', 'Please raise the API rate limit to 200.', [`${LIMIT} 100>200`]],
    ['Turn on bulk export', 'Please set the search depth to 9.', ['+bulk_export PREVIEW', 'search_depth#max_hops 3>9']],
  ])('takes a subject that repeats the body as its title: %s / %s', (subject, body, expected) => {
    expect(changesIn(body, { subject })).toEqual(expected);
    expect(read(body, { subject }).unknown_capabilities).toEqual([]);
  });

  it.each([
    ['Raise burst', 'Please set the rate limit to 200.'],
    ['Raise upload limit', 'Please set the rate limit to 200.'],
    ['Raise API limit to 300', 'Please raise the API rate limit to 200.'],
    ['Raise API rate limit to 300', 'Please raise the API rate limit to 200.'],
    ['Raise API limit for two weeks', 'Please raise the API rate limit to 200.'],
    ['Lower API limit', 'Please raise the API rate limit to 200.'],
    ['Lower API rate limit', 'Please raise the API rate limit to 200.'],
    ['Raise search depth', 'Please set the search depth to 2.'],
    ['Disable export', 'Please enable bulk export.'],
    ['Cancel export', 'Please enable bulk export.'],
    ['Remove bulk export', 'Please enable bulk export.'],
    ['Export and refund', 'Please enable bulk export.'],
    ['Raise burst', 'Our API rate limit is a nuisance.'],
  ])('takes a subject that asks for something else as a request of its own: %s / %s', (subject, body) => {
    expect(changesIn(body, { subject })).toEqual([]);
  });

  it.each([
    ['raise the search depth from 5 to 4', 'to raise max_hops from 5 to 4 contradicts itself'],
    ['lower the search depth from 1 to 2', 'to lower max_hops from 1 to 2 contradicts itself'],
  ])('determines nothing where the values contradict the direction: %s', (body, why) => {
    expect(changesIn(`Please ${body}.`)).toEqual([]);
    expect(read(`Please ${body}.`).reason).toContain(why);
  });

  it('reads a bare old value as the present one where it is', () => {
    expect(changesIn('Please raise the session timeout from 60 to 2 hours.')).toEqual([
      'session_lifetime#lifetime_minutes 60>120',
    ]);
  });

  it('lets the body say what the subject leaves open', () => {
    expect(changesIn('Please set it to 9.', { subject: 'Change search depth' })).toEqual(['search_depth#max_hops 3>9']);
  });

  it('carries the prior state and the reason of a disable', () => {
    expect(read('please disable search depth because it makes everything slow').suggested_changes).toEqual([
      {
        kind: 'capability_disable',
        capability: 'search_depth',
        reason: 'because it makes everything slow',
        prior: { enabled: true, lifecycle: 'LAUNCHED' },
      },
    ]);
  });
});

describe("the writer's own words", () => {
  it.each([
    ['quoted mail', 'Thanks for the answer.\n\nOn Mon, Jan 6, 2025 Ann wrote:\n> Please set the search depth to 9.\n'],
    [
      'quoted mail without marks',
      'Thanks.\n\nOn Mon, Jan 6, 2025 at 9:14 Ann wrote:\n\nPlease set the search depth to 9.\n',
    ],
    ['a forwarded mail', 'See below.\n\nFrom: Ann\nSent: Monday\n\nPlease set the search depth to 9.'],
    ['a signature', 'Hello.\n-- \nPlease set the search depth to 9'],
    ['a signature', 'All fine here.\n\nBest regards,\nAnn\nTurn on bulk export'],
    ['code', 'It fails.\n```\nset the search depth to 9\n```'],
    ['reported speech', 'They wrote "please set the search depth to 9 right now" in chat.'],
  ])('leave out %s', (_what, body) => {
    expect(changesIn(body)).toEqual([]);
  });

  it('go on behind a quotation', () => {
    const body = 'On Mon, Jan 6, 2025 Ann wrote:\n> What do you need?\n\nPlease set the search depth to 9.';
    expect(changesIn(body)).toEqual(['search_depth#max_hops 3>9']);
  });

  it('go on behind thanks in the middle of a mail', () => {
    expect(changesIn('Thanks!\n\nPlease set the search depth to 9.')).toEqual(['search_depth#max_hops 3>9']);
  });
});
