import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../paths';
import { dockerfileFaults } from './dockerfile';

const read = (path: string) => readFileSync(join(repositoryDir, path), 'utf8');
const good = 'FROM node:20.20.2-slim AS build\nRUN true\nFROM node:20.20.2-slim\nUSER node\nCMD ["node"]\n';

describe('the Dockerfile', () => {
  it('has no fault', () => {
    expect(dockerfileFaults(read('infra/docker/Dockerfile'))).toEqual([]);
    expect(dockerfileFaults(good)).toEqual([]);
  });

  it.each([
    ['an image without a version', good.replace('node:20.20.2-slim\n', 'node\n'), 'line 3: node is no full version'],
    ['the latest image', good.replace('node:20.20.2-slim\n', 'node:latest\n'), 'node:latest is no full version'],
    ['an image with half a version', good.replace('node:20.20.2-slim\n', 'node:20-slim\n'), 'node:20-slim is no full'],
    ['root by default', good.replace('USER node\n', ''), 'the last stage runs as root'],
    ['root by name', good.replace('USER node', 'USER root'), 'the last stage runs as root'],
    [
      'a user in the first stage only',
      good.replace('RUN true', 'USER node').replace('\nUSER node\nCMD', '\nCMD'),
      'root',
    ],
    ['ADD from elsewhere', good.replace('RUN true', 'ADD https://example.com/a.tgz /'), 'line 2: ADD fetches'],
    [
      'a download by hand',
      good.replace('RUN true', 'RUN true \\\n  && curl -O https://example.com/a'),
      'line 2: what is fetched',
    ],
    ['an unpinned program', good.replace('RUN true', 'RUN npm install --global pnpm'), 'is pinned'],
    ['a secret', good.replace('RUN true', 'ENV DB_PASSWORD=postgres'), 'hand secrets over as files'],
    ['nothing to run', good.replace('CMD ["node"]\n', ''), 'nothing is run'],
  ])('would be refused with %s', (_what, planted, message) => {
    expect(dockerfileFaults(planted).join('\n')).toContain(message);
  });

  it('installs the package manager that the repository names', () => {
    const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string };
    expect(read('infra/docker/Dockerfile')).toContain(`npm install --global ${packageManager}`);
  });

  it('makes a mount point for every folder that the jobs hand out', () => {
    const targets = [...read('docker-compose.yml').matchAll(/:\/handout\/([\w-]+)/g)].map(([, name]) => name as string);
    const [, made = ''] = /&& mkdir (.*) \\/.exec(read('infra/docker/Dockerfile')) ?? [];
    expect(made.split(' ').sort()).toEqual(targets.sort());
  });

  it('is given no secret, nothing installed and nothing built: .dockerignore lets sources in by name', () => {
    const lines = read('.dockerignore')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(lines[0]).toBe('**');
    const banned = ['**/node_modules', '**/dist', '**/*.pem', '**/.mandate'];
    expect(lines.filter((line) => banned.includes(line))).toEqual(banned);
    const copied = [...read('infra/docker/Dockerfile').matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, from]) =>
      (from as string).split(' '),
    );
    const isLetIn = (path: string) => lines.some((line) => line.startsWith(`!${path}`));
    expect(copied.filter((path) => !isLetIn(path))).toEqual([]);
  });

  it('starts the broker with a script that bash can read', () => {
    expect(() => execFileSync('bash', ['-n', join(repositoryDir, 'infra/docker/kafka.sh')])).not.toThrow();
  });
});
