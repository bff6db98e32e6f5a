const HOME = '/';
/** A path of this page, that no browser reads as another site, and that is no way in of the API. */
const PATH = /^\/(?![/\\]|api\/)[\x21-\x5b\x5d-\x7e]{0,500}$/;

/** Where a founder goes after sign-in: a path of the page, whatever was asked for. */
export function returnPath(asked: string | undefined): string {
  return asked !== undefined && PATH.test(asked) ? asked : HOME;
}
