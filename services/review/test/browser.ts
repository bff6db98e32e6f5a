/** A browser as far as signing in needs one: it keeps cookies for each host and follows redirects by itself. */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();
  csrfToken = '';

  constructor(readonly page: string) {}

  /** The cookie's `Set-Cookie` line as it came last. */
  readonly cookieLines = new Map<string, string>();

  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.jars.get(host) ?? new Map<string, string>();
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) };
    const response = await fetch(url, { redirect: 'manual', ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) as unknown as [string, string, string];
      this.cookieLines.set(name, line);
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    this.jars.set(host, jar);
    return response;
  }

  /** Follows redirects until an answer is none, or leads to where `stopsAt` says. */
  async follow(url: string, init: RequestInit = {}, stopsAt: (url: string) => boolean = () => false) {
    let response = await this.send(url, init);
    let at = url;
    for (let hops = 0; response.status >= 300 && response.status < 400 && hops < 12; hops++) {
      at = new URL(response.headers.get('location') as string, at).href;
      if (stopsAt(at)) break;
      response = await this.send(at);
    }
    return { response, at };
  }

  /** Goes to the provider's page on which a person is picked. @returns its address */
  async toProvider(query = ''): Promise<string> {
    const { at } = await this.follow(`${this.page}/api/v1/auth/sign-in${query}`);
    return at;
  }

  /** Picks a person there. @returns the callback with the provider's answer, not yet asked for */
  async pick(pickPage: string, person: string): Promise<string> {
    const url = `${pickPage}/as/${encodeURIComponent(person)}`;
    const isCallback = (to: string) => to.startsWith(`${this.page}/api/v1/auth/callback`);
    return (await this.follow(url, { method: 'POST' }, isCallback)).at;
  }

  /** Signs in from beginning to end. @returns where the page is then */
  async signIn(person = 'founder@local', query = ''): Promise<string> {
    const callback = await this.pick(await this.toProvider(query), person);
    const { headers } = await this.send(callback);
    const { csrf_token } = (await (await this.send(`${this.page}/api/v1/session`)).json()) as { csrf_token?: string };
    this.csrfToken = csrf_token ?? '';
    return headers.get('location') as string;
  }

  /** Posts as the page would. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(`${this.page}/api/v1${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        origin: this.page,
        'x-csrf-token': this.csrfToken,
        ...headers,
      },
    });
  }

  /** The value of a cookie for the page's host. */
  cookie(name: string): string | undefined {
    return this.jars.get(new URL(this.page).host)?.get(name);
  }

  /** Puts a cookie there, as somebody would who has stolen it. */
  setCookie(name: string, value: string): void {
    this.jars.set(new URL(this.page).host, new Map([[name, value]]));
  }
}
