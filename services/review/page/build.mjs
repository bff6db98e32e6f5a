// Builds the page into dist/: hashed files, each also compressed, and a limit on what the first view loads.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const root = dirname(fileURLToPath(import.meta.url));
const INITIAL_SCRIPT_BYTES_MAX = 250_000;

/** The theme's variables as a style sheet: the page's policy allows no style that a script writes into it. */
function themeStyles() {
  const theme = mergeMantineTheme(DEFAULT_THEME, JSON.parse(readFileSync(join(root, 'src/theme.json'), 'utf8')));
  const styles = convertCssVariables(defaultCssVariablesResolver(theme), ':root');
  return { name: 'theme-styles', load: (id) => (id === join(root, 'src/theme.css') ? styles : null) };
}

const initialScripts = (bundle) => {
  const files = Object.values(bundle).filter((file) => file.type === 'chunk');
  const byName = new Map(files.map((file) => [file.fileName, file]));
  const wanted = new Set();
  const visit = (name) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const next of byName.get(name)?.imports ?? []) visit(next);
  };
  for (const file of files) if (file.isEntry) visit(file.fileName);
  return [...wanted].map((name) => byName.get(name));
};

/** @returns how many compressed bytes of script the first view loads */
export async function buildPage() {
  const { output } = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [react(), themeStyles()],
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  const bytes = initialScripts(Object.fromEntries(output.map((file) => [file.fileName, file])))
    .map((file) => gzipSync(file.code).length)
    .reduce((sum, each) => sum + each, 0);
  if (bytes > INITIAL_SCRIPT_BYTES_MAX)
    throw new Error(
      `The first view loads ${bytes} compressed bytes of script, more than ${INITIAL_SCRIPT_BYTES_MAX}: split what it does not show.`,
    );
  compress(join(root, 'dist/assets'));
  return bytes;
}

function compress(folder) {
  for (const name of readdirSync(folder)) {
    const content = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await buildPage();
  console.log(`Built the page; its first view loads ${Math.ceil(bytes / 1_000)} kB of script, compressed`);
}
