import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@mandate/contracts';
import { someDrivers } from '../../test/fixtures';
import { decideCatalogue } from '../domain/catalogue';
import { readCatalogue } from './catalogue.file';

const FILE = join(__dirname, '../../../../infra/capabilities.yaml');
const written = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'catalogue-')), 'c.yaml');
  writeFileSync(path, text);
  return path;
};

describe('the catalogue file', () => {
  it('of this repository can be applied, its addresses filled in, its digest that of its bytes', () => {
    const catalogue = readCatalogue(FILE, 'http://shop:1/');
    expect(catalogue.digest).toBe(sha256(readFileSync(FILE)).toString('hex'));
    expect(catalogue.capabilities.find((c) => c.name === 'search_depth')?.probes[0]).toMatchObject({
      url: 'http://shop:1/health/search',
    });
    const facts = {
      allowedDigests: [catalogue.digest],
      applied: null,
      states: new Map(),
      drivers: someDrivers().reversible,
    };
    expect(decideCatalogue(catalogue, facts)).toMatchObject({ kind: 'define' });
  });

  it('wants the address that it names', () => {
    expect(() => readCatalogue(FILE, undefined)).toThrow('SAMPLE_APP_URL');
  });

  it('says where it is wrong', () => {
    const text = readFileSync(FILE, 'utf8');
    expect(() => readCatalogue(written(text.replace('name: search_depth', 'name: Search-Depth')), 'http://s')).toThrow(
      /capabilities\.1\.name/,
    );
    expect(() => readCatalogue(written(text.replace('frozen: true', 'frozen: maybe')), 'http://s')).toThrow(/frozen/);
    expect(() => readCatalogue(written('- a list'), 'http://s')).toThrow('is not one');
  });
});
