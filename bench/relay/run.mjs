// npm run bench:relay: measures the relay beside a raw splice and the seed's Python relay. See bench/README.md.
import { buildAndRun } from '../build-and-run.mjs';

const entries = {
  main: 'relay/main.ts',
  'viewer-load': 'relay/viewer-load.ts',
  'splice-subject': 'relay/splice-subject.ts',
  'tarnet-subject': 'relay/tarnet-subject.ts',
};
await buildAndRun('bench-relay', entries, { noExternal: true, external: ['bufferutil', 'utf-8-validate'] });
