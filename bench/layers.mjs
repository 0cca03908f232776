// node bench/layers.mjs [--frames=N] [--size=1280x720]: what two temporal layers (WebCodecs `L1T2`) cost each encoder, and
// whether what is left without the upper one still decodes, in the Electron of the tests. See docs/decisions.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { _electron as electron } from '@playwright/test';
import { electronRuntime } from '../scripts/electron-runtime.mjs';

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '90' }, size: { type: 'string', default: '1280x720' } },
});
const [width, height] = values.size.split('x').map(Number);
const server = createServer((_request, response) => response.end('<!doctype html><title>layers</title>'));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const display = await startDisplay();
const { exe } = await electronRuntime();
const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const app = await electron.launch({
  executablePath: exe,
  args: [...root, path.join(import.meta.dirname, '../tests/gallery/shell.mjs')],
  env: { ...process.env, DISPLAY: display.name },
});
try {
  const page = await app.firstWindow();
  // WebCodecs are there for secure origins only, and this machine is one
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const versions = await app.evaluate(() => ({ ...process.versions }));
  console.log(
    `Electron ${versions.electron}, Chromium ${versions.chrome}, ${width}x${height}, ${values.frames} frames`,
  );
  console.log('codec    scene   mode  key ms  delta ms  delta kB  upper %  layers  kept decode');
  for (const row of await page.evaluate(measure, { width, height, frames: Number(values.frames) })) console.log(row);
} finally {
  await app.close();
  display.process.kill();
  server.close();
}

/** Runs in the page. */
async function measure({ width, height, frames }) {
  const bitrate = 4_000_000 * ((width * height) / (1920 * 1080)) ** 0.75;
  const base = { width, height, latencyMode: 'realtime', framerate: 60 };
  const codecs = {
    h264: { ...base, codec: 'avc1.42e02a', bitrate, avc: { format: 'annexb' } },
    vp8: { ...base, codec: 'vp8', bitrate },
    vp9: { ...base, codec: 'vp09.00.51.08', bitrate },
    'av1 q': { ...base, codec: 'av01.0.08M.08', bitrateMode: 'quantizer', contentHint: 'text' },
    'av1 rate': { ...base, codec: 'av01.0.08M.08', bitrate },
  };
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  const words = 'the quick brown fox jumps over a lazy dog while nobody looks at all '.repeat(4);
  const scenes = {
    scroll: (at) => {
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height);
      context.font = '14px sans-serif';
      for (let line = -1; line * 18 < height + 18; line += 1) {
        const row = line + Math.floor(at / 3);
        context.fillStyle = row % 5 === 0 ? '#246' : '#111';
        context.fillText(words.slice((row * 13) % 67), 8, line * 18 + 18 - (at % 3) * 6);
      }
    },
    video: (at) => {
      for (let row = 0; row < 24; row += 1)
        for (let column = 0; column < 32; column += 1) {
          const shade = (phase) => Math.round(128 + 127 * Math.sin(row / 3 + column / 4 + at / 6 + phase));
          context.fillStyle = `rgb(${shade(0)} ${shade(2)} ${shade(4)})`;
          context.fillRect((column * width) / 32, (row * height) / 24, width / 32 + 1, height / 24 + 1);
        }
      context.fillStyle = '#fff';
      context.beginPath();
      context.arc(width / 2 + (Math.sin(at / 10) * width) / 3, height / 2, height / 5, 0, 7);
      context.fill();
    },
  };
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;

  async function encode(config, paint) {
    let waiting = null;
    const encoder = new VideoEncoder({
      output: (chunk, metadata) => waiting?.resolve({ chunk, layer: metadata?.svc?.temporalLayerId }),
      error: (error) => waiting?.reject(error),
    });
    encoder.configure(config);
    const made = [];
    for (let at = 0; at < frames; at += 1) {
      paint(at);
      const frame = new VideoFrame(canvas, { timestamp: Math.round((at * 1e6) / 30) });
      const startMs = performance.now();
      const { chunk, layer } = await new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        setTimeout(() => reject(new Error('no chunk')), 5_000);
        const quantizer = at === 0 ? 40 : 28;
        encoder.encode(frame, {
          keyFrame: at === 0,
          ...(config.bitrateMode === 'quantizer' ? { av1: { quantizer } } : {}),
        });
      });
      made.push({ chunk, layer, tookMs: performance.now() - startMs });
      frame.close();
    }
    encoder.close();
    return made;
  }

  /** A hash of every picture that comes out, by its time. */
  async function decode(config, chunks) {
    const seen = new Map();
    const pending = [];
    let failed = null;
    const decoder = new VideoDecoder({
      output: (frame) => {
        pending.push(
          (async () => {
            const bytes = new Uint8Array(frame.allocationSize());
            await frame.copyTo(bytes);
            const hash = new Uint32Array(await crypto.subtle.digest('SHA-256', bytes));
            seen.set(frame.timestamp, hash[0]);
            frame.close();
          })(),
        );
      },
      error: (error) => {
        failed = String(error);
      },
    });
    decoder.configure({ codec: config.codec, optimizeForLatency: true });
    for (const chunk of chunks) decoder.decode(chunk);
    await decoder.flush().catch((error) => {
      failed ??= String(error);
    });
    await Promise.all(pending);
    if (decoder.state !== 'closed') decoder.close();
    return { seen, failed };
  }

  const rows = [];
  for (const [name, config] of Object.entries(codecs))
    for (const [scene, paint] of Object.entries(scenes))
      for (const mode of ['none', 'L1T2', 'none', 'L1T2']) {
        const own = mode === 'none' ? config : { ...config, scalabilityMode: mode };
        const say = (text) => rows.push(`${name.padEnd(8)} ${scene.padEnd(7)} ${mode.padEnd(5)} ${text}`);
        try {
          const { supported } = await VideoEncoder.isConfigSupported(own);
          if (!supported) {
            say('not supported');
            continue;
          }
          const made = await encode(own, paint);
          const [key, ...deltas] = made;
          const bytes = deltas.reduce((sum, { chunk }) => sum + chunk.byteLength, 0);
          const upper = deltas.filter(({ layer }) => layer > 0);
          const upperBytes = upper.reduce((sum, { chunk }) => sum + chunk.byteLength, 0);
          let kept = '';
          if (mode !== 'none') {
            const lower = made.filter(({ layer }) => !(layer > 0)).map(({ chunk }) => chunk);
            const all = await decode(
              own,
              made.map(({ chunk }) => chunk),
            );
            const some = await decode(own, lower);
            const same = lower.filter(({ timestamp }) => some.seen.get(timestamp) === all.seen.get(timestamp)).length;
            kept = some.failed ?? `${same} of ${lower.length} the same`;
          }
          const layers = made.slice(0, 9).map(({ layer }) => layer ?? '-');
          say(
            [
              key.tookMs.toFixed(0).padStart(6),
              median(deltas.map(({ tookMs }) => tookMs))
                .toFixed(1)
                .padStart(9),
              (bytes / deltas.length / 1000).toFixed(1).padStart(9),
              ((100 * upperBytes) / bytes).toFixed(0).padStart(8),
              ` ${layers.join('')}`,
              ` ${kept}`,
            ].join(' '),
          );
        } catch (error) {
          say(String(error));
        }
      }
  return rows;
}

function startDisplay() {
  const process = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp']);
  return new Promise((resolve, reject) => {
    process.on('error', reject);
    process.stdout.once('data', (number) => resolve({ name: `:${String(number).trim()}`, process }));
  });
}
