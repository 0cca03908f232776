import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests/e2e',
  timeout: 90_000,
  // real windows on two cores that other work may share
  expect: { timeout: 10_000 },
  workers: 1,
  // a shared machine may stand still in the middle of a test; what fails twice is broken, and "flaky" is printed
  retries: process.env.CI ? 1 : 0,
  forbidOnly: !!process.env.CI,
  reporter: 'list',
  outputDir: 'test-results',
});
