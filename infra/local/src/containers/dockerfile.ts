/** An instruction of a Dockerfile with its line, continuation lines joined. */
interface Instruction {
  readonly line: number;
  readonly word: string;
  readonly rest: string;
}

function instructions(text: string): Instruction[] {
  const found: Instruction[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [i, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    open = { line: open?.line ?? i + 1, text: `${open?.text ?? ''}${raw.replace(/\\\s*$/, ' ')}` };
    if (/\\\s*$/.test(raw)) continue;
    const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/.exec(open.text) ?? [];
    found.push({ line: open.line, word: word.toUpperCase(), rest: rest.trim() });
    open = undefined;
  }
  return found;
}

/**
 * What is wrong with a Dockerfile, a sentence each: images without a full version, programs that run as root, files from
 * elsewhere, secrets in the image, `latest`, unpinned installs.
 */
export function dockerfileFaults(text: string): string[] {
  const all = instructions(text);
  const stages = new Set<string>();
  const faults: string[] = [];
  const say = (line: number, what: string) => faults.push(`line ${line}: ${what}`);
  for (const { line, word, rest } of all) {
    if (word === 'FROM') {
      const [image = '', as, stage] = rest.replace(/^--platform=\S+\s+/, '').split(/\s+/);
      const isPinned = /:\d+\.\d+\.\d+[\w.-]*$/.test(image) || image.includes('@sha256:');
      if (!stages.has(image) && !isPinned) say(line, `${image} is no full version: name it as major.minor.patch.`);
      if (as?.toUpperCase() === 'AS' && stage) stages.add(stage);
    }
    if (word === 'ADD') say(line, 'ADD fetches and unpacks by itself: use COPY.');
    if (/\b(curl|wget)\b/.test(rest) && word === 'RUN')
      say(line, 'what is fetched by hand is not pinned: install a package.');
    if (word === 'RUN' && /\bsudo\b/.test(rest)) say(line, 'a build runs as root already: no sudo.');
    if (word === 'RUN' && /npm (install|i) .*(-g|--global)/.test(rest) && !/@\d+\.\d+\.\d+/.test(rest)) {
      say(line, 'a program that is installed globally is pinned: name@major.minor.patch.');
    }
    if (['ENV', 'ARG'].includes(word) && /\b\w*(PASSWORD|SECRET|TOKEN)\w*\s*=/.test(rest)) {
      say(line, 'an image keeps what is given to it: hand secrets over as files.');
    }
  }
  const last = all.findLastIndex(({ word }) => word === 'FROM');
  const user = all.slice(last).findLast(({ word }) => word === 'USER')?.rest;
  if (!user || /^(root|0)(:|$)/.test(user)) faults.push('the last stage runs as root: set USER.');
  if (!all.slice(last).some(({ word }) => word === 'ENTRYPOINT' || word === 'CMD')) faults.push('nothing is run.');
  return faults;
}
