import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, Script } from 'node:vm';

// `oidc-provider` brings no types: what of it is used.
export interface Grant {
  addOIDCScope(scope: string): void;
  save(): Promise<string>;
}

export interface Provider {
  readonly Grant: {
    new (of: { clientId: string; accountId: string }): Grant;
    find(id: string): Promise<Grant | undefined>;
  };
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ prompt: { name: string } }>;
  interactionFinished(
    request: IncomingMessage,
    response: ServerResponse,
    result: object,
    options: { mergeWithLastSubmission: boolean },
  ): Promise<void>;
}

/** The provider's context of one request. */
export interface ProviderRequest {
  body: unknown;
  readonly oidc: {
    readonly provider: Provider;
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string; grantIdFor(clientId: string): string | undefined };
    readonly result?: { readonly consent?: { readonly grantId?: string } };
  };
}

interface OidcProvider {
  readonly Provider: new (issuer: string, configuration: object) => Provider;
}

// A name that the compiler does not follow: there are no types to be found.
const moduleName: string = 'oidc-provider';

/** It is an ES module only; a test runner that brings a `require` of its own cannot take it, Node's own loader can. */
export function loadOidcProvider(): Promise<OidcProvider> {
  return import(moduleName).catch(() => {
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    return new Script("import('oidc-provider')", { filename: __filename, importModuleDynamically }).runInThisContext();
  });
}
