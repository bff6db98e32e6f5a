// Prometheus and Alertmanager for the tests of health, alerts and dashboards: those that are there, or Debian's.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installFromDebian } from './chromium.mjs';

const programs = ['prometheus', 'promtool', 'prometheus-alertmanager', 'amtool'];

function isFound(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Installs both where the system allows it; says what is the case otherwise. */
export async function ensurePrometheus() {
  if (programs.every(isFound)) return;
  await installFromDebian('Installing Prometheus for the tests', ['prometheus', 'prometheus-alertmanager']);
  if (programs.every(isFound)) return;
  console.log(
    `Not all of ${programs.join(', ')} were found, and they could not be installed here: the tests with a real Prometheus are skipped.`,
  );
}
