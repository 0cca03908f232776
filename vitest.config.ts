import { defineConfig } from 'vitest/config';

const common = { testTimeout: 20_000, hookTimeout: 20_000, restoreMocks: true };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['{electron,renderer,shared,scripts}/**/*.test.{ts,tsx}', 'tests/{fuzz,rules,vectors}/**/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'scenarios',
          include: ['tests/scenarios/**/*.test.ts'],
          testTimeout: 60_000,
          retry: process.env.CI ? 1 : 0,
        },
      },
      {
        test: {
          ...common,
          // The same scenarios of a relay, with its rooms in a directory that several relays share.
          name: 'scenarios-redis',
          include: ['tests/scenarios/relay-{room,hostile,slow-viewers}.test.ts'],
          env: { TARNET_TEST_ROUTER: 'redis' },
          testTimeout: 60_000,
          retry: process.env.CI ? 1 : 0,
        },
      },
    ],
  },
});
