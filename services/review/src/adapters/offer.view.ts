import { type Refusal, refusalText } from '../domain/refusal';

/** Whether an action could be taken now, and if not why. */
export function toOffer(obstacle: Refusal | null) {
  return obstacle
    ? { is_offered: false, code: obstacle.code, sentence: refusalText(obstacle) }
    : { is_offered: true, code: null, sentence: null };
}
