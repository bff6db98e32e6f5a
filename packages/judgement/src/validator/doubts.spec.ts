import { changesIn } from '../testing/issues';

const ASKED = 'Please set the session timeout to 2 hours';

describe('a determined request that the text limits', () => {
  it('is acted on when nothing limits it', () => {
    expect(changesIn(`${ASKED} for our account.`)).toEqual(['session_lifetime#lifetime_minutes 60>120']);
  });

  it.each([
    'for administrators.',
    'in the German shop.',
    'per week.',
    'next Tuesday.',
    'as a test.',
    'as soon as the contract is signed.',
    'at most.',
    'and the polling to 9 minutes.',
    'there.',
    '- just kidding.',
  ])('gives no change: "… %s"', (rest) => {
    expect(changesIn(`${ASKED} ${rest}`)).toEqual([]);
  });

  it.each([
    'Sorry, I meant 3.',
    'Hold off until I confirm.',
    'EDIT: solved, ignore.',
    'This is for kiosks.',
    'Everybody else can stay where they are.',
    "After the fair we'd like the old one back.",
    'Our CFO still has to sign this off.',
    'The form throws an error whenever I try it.',
  ])('gives no change when another sentence says: %s', (rest) => {
    expect(changesIn(`${ASKED}. ${rest}`)).toEqual([]);
  });
});
