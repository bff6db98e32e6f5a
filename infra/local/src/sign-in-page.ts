/** Who can sign in on a local stack: one founder, and one person who is none. */
export const people: Readonly<Record<string, { readonly name: string; readonly roles: readonly string[] }>> = {
  'founder@local': { name: 'Local Founder', roles: ['founder'] },
  'visitor@local': { name: 'Local Visitor', roles: [] },
};

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color-scheme:light dark}
button{font:inherit;display:block;width:100%;margin:.5rem 0;padding:.6rem;text-align:left;cursor:pointer}
strong{display:inline-block;border:2px solid;padding:0 .4rem}small{opacity:.75}`;

/** The page on which a person is picked. */
export function pickPage(uid: string): string {
  const choices = Object.entries(people).map(
    ([id, { name, roles }]) => `<form method="post" action="/sign-in/${uid}/as/${encodeURIComponent(id)}">
<button>${name}<br><small>${id} · ${roles.length > 0 ? roles.join(', ') : 'no role'}</small></button></form>`,
  );
  return page('Who are you?', choices.join('\n'));
}

/** The page that ends the provider's own session; `form` is the provider's. */
export function leavePage(form: string): string {
  return page('Sign out?', `${form}<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>`);
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} (local)</title><style>${style}</style>
<h1>${title}</h1><p><strong>LOCAL</strong> This provider belongs to a stack on this machine. It asks for no password and is
never used anywhere else.</p>
${content}
</html>`;
}
