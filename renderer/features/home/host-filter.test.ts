import { expect, test } from 'vitest';
import { sampleHost } from '../../../tests/fakes/sample-state.ts';
import { hostTitle, visibleHosts } from './host-filter.ts';

const hosts = [
  sampleHost({ key: 'off', name: 'Ábaco', state: 'offline' }),
  sampleHost({ key: 'b', name: 'José da Silva', address: '10.0.0.2' }),
  sampleHost({ key: 'a', name: 'escritório', system: 'Linux', address: 'desk.local:8001' }),
  sampleHost({ key: 'saved', name: 'zebra', origins: ['saved'] }),
];
const keys = (search: string) => visibleHosts(hosts, search).map(({ key }) => key);

test('those that are there come first, saved ones before others, then by name', () => {
  expect(keys('')).toEqual(['saved', 'a', 'b', 'off']);
});

test.each([
  ['jose', ['b']],
  ['ESCRITORIO linux', ['a']],
  ['10.0', ['b']],
  ['  desk  8001 ', ['a']],
  ['jose linux', []],
])('searching %j finds %j', (search, expected) => {
  expect(keys(search)).toEqual(expected);
});

test('a host without a name is called by its address', () => {
  expect(hostTitle({ name: ' ', address: '10.0.0.9' })).toBe('10.0.0.9');
});
