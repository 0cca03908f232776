// Rules of the repository that no linter knows.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ELECTRON_ENTRIES } from '../../scripts/build.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(path.join(ROOT, file)));
const text = tracked.filter((file) => !/\.(png|ico|icns|woff2|bin|deb)$/.test(file));

test('no package registry is named: whoever builds this uses the one that is set up', () => {
  const host = new RegExp(
    ['registry\\.(npmjs|yarnpkg)', 'npm(js|mirror)\\.', 'deb\\.debian', 'pypi\\.'].join('|'),
    'i',
  );
  const naming = text.filter((file) => file !== 'tests/rules/repository.test.ts' && host.test(read(file)));
  expect(naming).toEqual([]);
});

test('the lock file records no download addresses, and an integrity for every package', () => {
  const lock = v.parse(
    v.object({ packages: v.record(v.string(), v.looseObject({ integrity: v.optional(v.string()) })) }),
    JSON.parse(read('package-lock.json')),
  );
  const packages = Object.entries(lock.packages).filter(([name]) => name !== '');
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, entry]) => 'resolved' in entry).map(([name]) => name)).toEqual([]);
  const unsafe = packages.filter(([, entry]) => !entry.integrity && !('inBundle' in entry)).map(([name]) => name);
  expect(unsafe).toEqual([]);
});

test('every dependency is pinned to one version', () => {
  const versions = v.record(v.string(), v.string());
  const { dependencies, devDependencies } = v.parse(
    v.object({ dependencies: versions, devDependencies: versions }),
    JSON.parse(read('package.json')),
  );
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+(-[\w.]+)?$/);
});

test('everything that the build makes has a source', () => {
  expect(ELECTRON_ENTRIES.map(({ entry }) => entry).filter((entry) => !existsSync(path.join(ROOT, entry)))).toEqual([]);
});

test('no file is much longer than 300 lines', () => {
  const long = text
    .filter((file) => /^(electron|renderer|shared)\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .filter((file) => read(file).split('\n').length > 400);
  expect(long).toEqual([]);
});

test('every source file says first what it owns', () => {
  const silent = text
    .filter((file) => /^(electron|renderer|shared)\/.*\.tsx?$/.test(file) && !/\.(test\.tsx?|d\.ts)$/.test(file))
    .filter((file) => !/^(\/\/|\/\*\*)/.test(read(file)));
  expect(silent).toEqual([]);
});
