import type { EligibilityJudged } from '@mandate/schemas';
import { type Ending, firstFree, NotEligible, playAll } from './demo-ending';

const rule = (id: string, conditions: unknown = [], passed = false) => ({
  ...{ id, passed },
  need: JSON.stringify({ text: `${id} is not met`, conditions }),
});
const verdict = (...rules: object[]) => ({ verdict: 'MAY_NOT', rules }) as unknown as EligibilityJudged;
const rival = { of: 'search_depth#max_hops', have: { contract_id: 'c-1', issue_id: 'i-1' } };
const taken = () => new NotEligible(verdict(rule('E-001', [], true), rule('E-006', [rival])));

describe('a story of the demo', () => {
  it('says which contract holds a target that E-006 finds taken, and what to do', () => {
    expect(taken()).toMatchObject({
      isTaken: true,
      message:
        'search_depth#max_hops is held by contract c-1: reject or approve it (`npm run mandate -- show c-1`), or start a second stack with --data and --port-base',
    });
  });

  it('names each failing rule once when more is wrong', () => {
    const { isTaken, message } = new NotEligible(verdict(rule('E-004'), rule('E-006', [rival])));
    expect(isTaken).toBe(false);
    expect(message).toBe('the issue was judged MAY_NOT. E-004: E-004 is not met; E-006: E-006 is not met');
  });

  it('takes the next target when one is taken, and none when something else fails', async () => {
    const told: string[] = [];
    const attempt = (name: string) => (name === 'free' ? Promise.resolve(name) : Promise.reject(taken()));
    expect(await firstFree(['held', 'free'], attempt, (s) => told.push(s))).toBe('free');
    expect(told).toHaveLength(1);
    await expect(firstFree(['held'], attempt, () => undefined)).rejects.toThrow('held by contract c-1');
    const broken = jest.fn(() => Promise.reject(new Error('broken')));
    await expect(firstFree(['a', 'b'], broken, () => undefined)).rejects.toThrow('broken');
    expect(broken).toHaveBeenCalledTimes(1);
  });

  it('does not keep the others from being told when it fails', async () => {
    const well: Ending = { story: 'b', reference: 'R', issue_id: 'i', contract_id: null, end: 'DONE', asTold: true };
    const stories = { a: () => Promise.reject(taken()), b: () => Promise.resolve(well) };
    const endings = await playAll(stories, () => ({ reference: 'DEMO-1', issue_id: 'i-2' }));
    expect(endings).toEqual([
      { story: 'a', reference: 'DEMO-1', issue_id: 'i-2', contract_id: null, end: taken().message, asTold: false },
      well,
    ]);
  });
});
