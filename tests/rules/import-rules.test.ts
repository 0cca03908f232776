// Proves that the import rules are alive: for each of them a violation is planted in a small tree of its own, and found.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CONFIG = path.join(ROOT, '.dependency-cruiser.cjs');
const require = createRequire(import.meta.url);

const rules = v.parse(v.object({ forbidden: v.array(v.object({ name: v.string() })) }), require(CONFIG)).forbidden;

/** Rule → the file that breaks it, and what that file imports. */
const PLANTED: Record<string, [file: string, imports: string]> = {
  'no-cycles': ['shared/base/cycle-a.ts', './cycle-b.ts'],
  'no-unresolved': ['shared/base/unresolved.ts', './not-there.ts'],
  'no-tests-in-product': ['electron/app/tests.ts', '../../tests/fakes/fake.ts'],
  'shared-is-a-leaf': ['shared/ipc/leaf.ts', '../../electron/app/tests.ts'],
  'shared-no-node': ['shared/ipc/node.ts', 'node:fs'],
  'shared-base-lowest': ['shared/base/lowest.ts', '../model/thing.ts'],
  'shared-model-above-base': ['shared/model/above.ts', '../wire/thing.ts'],
  'shared-middle-apart': ['shared/crypto/apart.ts', '../wire/thing.ts'],
  'renderer-only-shared': ['renderer/features/a/shared.ts', '../../../electron/app/thing.ts'],
  'renderer-no-node': ['renderer/store/node.ts', 'node:fs'],
  'renderer-no-wire-or-keys': ['renderer/store/wire.ts', '../../shared/wire/thing.ts'],
  'features-apart': ['renderer/features/a/other.ts', '../b/thing.ts'],
  'ui-is-dumb': ['renderer/ui/clever.ts', '../store/thing.ts'],
  'media-and-input-no-react': ['renderer/media/drawn.ts', '../store/thing.ts'],
  'bridge-from-store-or-hook': ['renderer/features/a/bridge.ts', '../../bridge/thing.ts'],
  'electron-no-renderer': ['electron/app/renderer.ts', '../../renderer/store/thing.ts'],
  'preload-only-contract': ['electron/preload/more.ts', '../../shared/model/thing.ts'],
  'capture-page-is-dom': ['electron/capture/page/more.ts', '../../../shared/wire/thing.ts'],
  'relay-is-blind': ['electron/relay/seeing.ts', '../../shared/crypto/thing.ts'],
  'organs-apart': ['electron/capture/apart.ts', '../discovery/thing.ts'],
  'injectors-behind-gate': ['electron/session/injectors.ts', '../input/injectors/thing.ts'],
  'input-only-from-session': ['electron/app/input.ts', '../input/thing.ts'],
  'keys-only-in-session': ['electron/app/keys.ts', '../../shared/crypto/thing.ts'],
  'compose-only-from-main': ['electron/app/compose.ts', '../compose/thing.ts'],
  'main-is-the-root': ['electron/app/root.ts', '../main.ts'],
};

const reportSchema = v.object({
  summary: v.object({
    totalCruised: v.number(),
    violations: v.array(v.object({ from: v.string(), rule: v.object({ name: v.string() }) })),
  }),
});

function cruise(folder: string): v.InferOutput<typeof reportSchema>['summary'] {
  const cli = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cli, '--config', CONFIG, '--output-type', 'json', 'electron', 'renderer', 'shared'];
  const text = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 27 });
  return v.parse(reportSchema, JSON.parse(text)).summary;
}

let tree = '';
beforeAll(() => {
  tree = mkdtempSync(path.join(tmpdir(), 'tarnet-rules-'));
  cpSync(path.join(ROOT, 'tsconfig.json'), path.join(tree, 'tsconfig.json'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(tree, 'node_modules'), 'dir');
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), text);
  };
  const source = (imports: string) => `import type { Thing } from '${imports}';\nexport type Other = Thing;\n`;
  write('electron/main.ts', 'export type Thing = 1;\n');
  write('shared/base/cycle-b.ts', source('./cycle-a.ts'));
  for (const [file, imports] of Object.values(PLANTED)) {
    write(file, source(imports));
    const target = path.join(path.dirname(file), imports);
    const exists = imports.startsWith('node:') || target === 'shared/base/not-there.ts';
    if (!exists && !Object.values(PLANTED).some(([planted]) => planted === target) && !target.endsWith('cycle-b.ts'))
      write(target, 'export type Thing = 1;\n');
  }
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

test('every rule has a planted violation', () => {
  expect(new Set(Object.keys(PLANTED))).toEqual(new Set(rules.map(({ name }) => name)));
});

test('every planted violation is found by its rule', () => {
  const found = cruise(tree).violations.map(({ from, rule }) => `${rule.name} ${from}`);
  for (const [rule, [file]] of Object.entries(PLANTED)) expect(found).toContain(`${rule} ${file}`);
}, 60_000);

test('the product itself is read at all: what it breaks, the linter tells', () => {
  expect(cruise(ROOT).totalCruised).toBeGreaterThan(100);
}, 60_000);
