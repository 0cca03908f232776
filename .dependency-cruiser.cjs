// Who may import whom (docs/architecture.md). Type imports count. dependency-cruiser reads TypeScript 7 only with @swc/core:
// tests/rules/import-rules.test.ts plants violations to prove that the rules are alive.
const NODE = { dependencyTypes: ['core'] };
const never = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
module.exports = {
  forbidden: [
    never('no-cycles', {}, { circular: true }),
    never('no-unresolved', {}, { couldNotResolve: true, pathNot: '^(vite|@vitejs/plugin-react)$' }),
    never(
      'no-tests-in-product',
      { path: '^(electron|renderer|shared)/', pathNot: '\\.test\\.tsx?$' },
      { path: '^tests/|\\.test\\.tsx?$' },
    ),
    never(
      'shared-is-a-leaf',
      { path: '^shared/' },
      { path: '^(electron|renderer)/|(^|node_modules/)(electron|react|react-dom|zustand|ws)(/|$)' },
    ),
    never('shared-no-node', { path: '^shared/' }, NODE),
    never('shared-base-lowest', { path: '^shared/base/' }, { path: '^shared/(?!base/)' }),
    never('shared-model-above-base', { path: '^shared/model/' }, { path: '^shared/(?!base/|model/)' }),
    never(
      'shared-middle-apart',
      { path: '^shared/(wire|crypto|transport|session)/' },
      { path: '^shared/', pathNot: '^shared/(base|model|$1)/' },
    ),
    never('renderer-only-shared', { path: '^renderer/' }, { path: '^electron/|node_modules/electron/|^electron$' }),
    never('renderer-no-node', { path: '^renderer/', pathNot: '\\.test\\.tsx?$' }, NODE),
    never('renderer-no-wire-or-keys', { path: '^renderer/' }, { path: '^shared/(wire|crypto|transport)/' }),
    never(
      'features-apart',
      { path: '^renderer/features/([^/]+)/' },
      { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    ),
    never('ui-is-dumb', { path: '^renderer/ui/' }, { path: '^renderer/(?!ui/)' }),
    never(
      'media-and-input-no-react',
      { path: '^renderer/(media|input)/' },
      { path: '^renderer/(?!media/|input/)|(^|node_modules/)(react|zustand)(/|$)' },
    ),
    never(
      'bridge-from-store-or-hook',
      { path: '^renderer/', pathNot: '^renderer/(bridge|store)/|/use-[^/]+\\.ts$' },
      { path: '^renderer/bridge/' },
    ),
    never('electron-no-renderer', { path: '^electron/' }, { path: '^renderer/|(^|node_modules/)(react|zustand)(/|$)' }),
    never(
      'preload-only-contract',
      { path: '^electron/preload/' },
      { path: '.', pathNot: '^electron/preload/|^shared/ipc/|node_modules/electron/|^electron$' },
    ),
    never(
      'capture-page-is-dom',
      { path: '^electron/capture/page/', pathNot: '\\.test\\.ts$' },
      {
        path: '.',
        pathNot:
          '^electron/capture/(page/|(damage-region|picture-scheduler|rectangles)\\.ts$)|^shared/(base|model|ipc)/',
      },
    ),
    never(
      'relay-is-blind',
      { path: '^electron/relay/', pathNot: '\\.test\\.ts$' },
      {
        path: '.',
        pathNot:
          '^electron/(relay/|node-clock\\.ts$)|^shared/base/|^shared/model/|^shared/wire/(envelope|version|control|close-codes)\\.ts$|(^|node_modules/)(ws|valibot|prom-client|@redis/client|@types/(ws|node))(/|$)|^(node:)?(http|https|tls|crypto|events|net|url|os|path|process|fs|fs/promises|util|stream|dgram|perf_hooks|timers|timers/promises|v8)$',
      },
    ),
    never(
      'organs-apart',
      { path: '^electron/(capture|input|transport|discovery|relay|activity)/' },
      { path: '^electron/', pathNot: '^electron/($1/|node-clock\\.ts$)' },
    ),
    never(
      'injectors-behind-gate',
      { path: '.', pathNot: '^electron/input/|^tests/' },
      { path: '^electron/input/injectors/' },
    ),
    never(
      'input-only-from-session',
      { path: '.', pathNot: '^electron/(input|session|compose)/|^tests/' },
      { path: '^electron/input/' },
    ),
    never(
      'keys-only-in-session',
      { path: '.', pathNot: '^shared/crypto/|^electron/(session|pairing)/|^tests/|\\.test\\.ts$' },
      { path: '^shared/crypto/' },
    ),
    never('main-is-the-root', { path: '.' }, { path: '^electron/main\\.ts$' }),
    never(
      'compose-only-from-main',
      { path: '.', pathNot: '^electron/(compose/|main\\.ts$)' },
      { path: '^electron/compose/' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
