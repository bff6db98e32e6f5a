import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { emptySettings, type Settings } from './settings';

/** Keeps the settings in a file, whole at any instant: written beside, forced to disk, renamed into place. */
export class SettingsFile {
  constructor(
    private readonly path: string,
    private readonly firstValues: Settings['values'],
  ) {}

  read(): Settings {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as Settings;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return emptySettings(this.firstValues);
    }
  }

  write(settings: Settings): void {
    const beside = `${this.path}.new`;
    const file = openSync(beside, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(settings));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, this.path);
  }
}
