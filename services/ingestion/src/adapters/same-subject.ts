import { type Message, UnauthorisedFault } from '@mandate/service-kit';

/**
 * What a value says of its issue, subject and version must be what its link was signed for: the link is what the chain
 * proves, the value is what is told.
 *
 * @throws UnauthorisedFault
 */
export function checkSameSubject(
  { link, key }: Pick<Message<unknown>, 'link' | 'key'>,
  value: { readonly issueId: string; readonly subject: string; readonly says: string },
): void {
  if (value.issueId !== link.issueId) throw new UnauthorisedFault('ISSUE_MISMATCH', 'its value is about another issue');
  if (value.subject !== key.toString())
    throw new UnauthorisedFault('WRONG_SUBJECT', 'its value is about another subject');
  if (value.says !== link.says)
    throw new UnauthorisedFault('SAYS_NOT_ALLOWED', `its value says ${value.says}, its link ${link.says}`);
}
