import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests/e2e',
  timeout: 90_000,
  workers: 1,
  forbidOnly: !!process.env.CI,
  reporter: 'list',
  outputDir: 'test-results',
});
