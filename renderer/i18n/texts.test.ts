// What holds for all texts: both languages have them, every one is used, and none hides in the components.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { describe, expect, test } from 'vitest';
import { ERROR_REASONS } from '../../shared/base/errors.ts';
import en from './en.json' with { type: 'json' };
import { errorText } from './error-text.ts';
import { createI18n, type Language } from './i18n.ts';
import ptBR from './pt-BR.json' with { type: 'json' };

const RENDERER = path.resolve(import.meta.dirname, '..');
const LANGUAGES = { en, 'pt-BR': ptBR } as const satisfies Record<Language, unknown>;
const PLURAL = /_(zero|one|two|few|many|other)$/;
/** Attributes that people read or hear. */
const READ_ATTRIBUTES = new Set(['alt', 'aria-label', 'aria-description', 'label', 'placeholder', 'title', 'detail']);

/** Every text by its key, "host.code.title". */
function flat(texts: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === 'string') found.set(prefix + name, value);
    else if (typeof value === 'object' && value)
      for (const [key, text] of flat(value, `${prefix}${name}.`)) found.set(key, text);
  }
  return found;
}

const english = flat(en);
const portuguese = flat(ptBR);
/** The keys without the endings of plurals. */
const baseKeys = (texts: Map<string, string>) => new Set([...texts.keys()].map((key) => key.replace(PLURAL, '')));
const variables = (text: string) => new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name));

interface Source {
  name: string;
  code: string;
}

function sources(folder = RENDERER): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): Source[] => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return sources(file);
    if (!/\.tsx?$/.test(entry.name) || entry.name.includes('.test.')) return [];
    return [{ name: path.relative(RENDERER, file), code: readFileSync(file, 'utf8') }];
  });
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Calls back for every node of the syntax tree. */
function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value as unknown[]) walk(one, visit);
  else if (isNode(value)) {
    visit(value);
    for (const child of Object.values(value)) walk(child, visit);
  }
}

const parsed = sources().map(({ name, code }) => ({
  name,
  tree: parseSync(code, { syntax: 'typescript', tsx: name.endsWith('.tsx') }),
}));

describe('both languages', () => {
  test('have the same texts', () => {
    expect([...baseKeys(portuguese)].sort()).toEqual([...baseKeys(english)].sort());
  });

  test('have every plural that the language knows, and no other', () => {
    for (const [language, texts] of Object.entries(LANGUAGES)) {
      const keys = [...flat(texts).keys()];
      const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
      for (const base of new Set(keys.filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')))) {
        const endings = keys.flatMap((key) => (key.replace(PLURAL, '') === base ? (PLURAL.exec(key)?.[1] ?? '') : []));
        expect(endings.toSorted(), `${language} ${base}`).toEqual(wanted);
      }
    }
  });

  test('use the same variables in each text', () => {
    const byBase = new Map<string, Set<string | undefined>>();
    for (const [key, text] of english) {
      const base = key.replace(PLURAL, '');
      byBase.set(base, new Set([...variables(text), ...(byBase.get(base) ?? [])]));
    }
    for (const [key, text] of portuguese)
      for (const name of variables(text))
        expect(byBase.get(key.replace(PLURAL, ''))?.has(name), `${key} has {{${name}}}`).toBe(true);
  });

  test('have no empty text', () => {
    for (const texts of [english, portuguese]) for (const [key, text] of texts) expect(text.trim(), key).not.toBe('');
  });

  test.each(['en', 'pt-BR'] as const)('say in %s what happened and what to do, for every error', (language) => {
    const { t } = createI18n(language);
    const seen = new Set<string>();
    for (const reason of ERROR_REASONS) {
      const { title, help } = errorText(t, reason);
      expect(title, reason).not.toContain('errors.');
      expect(help, reason).not.toContain('errors.');
      expect(help.length, reason).toBeGreaterThan(10);
      seen.add(title);
    }
    expect(seen.size).toBe(ERROR_REASONS.length);
  });
});

describe('the components', () => {
  /** Literal keys, and patterns for those that are put together as `errors.${reason}.title`. */
  const used: (string | RegExp)[] = [];
  for (const { tree } of parsed)
    walk(tree, (node) => {
      if (node.type === 'StringLiteral' && typeof node.value === 'string') used.push(node.value);
      if (node.type === 'TemplateLiteral' && Array.isArray(node.quasis)) {
        const parts = (node.quasis as Node[]).map(({ raw }) => String(raw).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
        if (parts.length > 1 && /^[a-z-]+\\\./.test(parts[0] ?? '')) used.push(new RegExp(`^${parts.join('[^.]+')}$`));
      }
    });
  const literals = new Set(used.filter((one) => typeof one === 'string'));
  const patterns = used.filter((one) => typeof one !== 'string');

  test('use every text', () => {
    const unused = [...baseKeys(english)].filter(
      (key) => !literals.has(key) && !patterns.some((pattern) => pattern.test(key)),
    );
    expect(unused).toEqual([]);
  });

  test('have no text of their own', () => {
    const own: string[] = [];
    const hasWords = (text: unknown) => typeof text === 'string' && /\p{L}{2}/u.test(text);
    for (const { name, tree } of parsed)
      walk(tree, (node) => {
        if (node.type === 'JSXText' && hasWords(node.value)) own.push(`${name}: ${String(node.value).trim()}`);
        if (node.type !== 'JSXAttribute' || !isNode(node.name) || !isNode(node.value)) return;
        if (READ_ATTRIBUTES.has(String(node.name.value)) && hasWords(node.value.value))
          own.push(`${name}: ${String(node.name.value)}="${String(node.value.value)}"`);
      });
    expect(own).toEqual([]);
  });

  test('are really read by this test', () => {
    expect(parsed.length).toBeGreaterThan(50);
    const planted = parseSync('const x = <p aria-label="Close it">Some words</p>;', {
      syntax: 'typescript',
      tsx: true,
    });
    const types: unknown[] = [];
    walk(planted, (node) => types.push(node.type));
    expect(types).toEqual(expect.arrayContaining(['JSXText', 'JSXAttribute', 'StringLiteral']));
  });
});
