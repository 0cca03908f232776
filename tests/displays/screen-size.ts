// Owns resizing and turning a virtual screen while programs run on it, as a monitor does.
import { createRequire } from 'node:module';
import type { XServerSize } from './x-server.ts';

interface Client {
  client: { on(event: 'error', listener: (error: Error) => void): void; terminate(): void; require: Require };
  screen: { root: number }[];
}
type Done<Value> = (error: unknown, value: Value) => void;
type Require = (name: 'randr', done: Done<Randr>) => void;

interface Resources {
  crtcs: number[];
  outputs: number[];
  modeinfos: { id: number; width: number; height: number }[];
}

interface Randr {
  GetScreenResources(root: number, done: Done<Resources>): void;
  CreateMode(root: number, mode: Readonly<Record<string, number | string>>, done: Done<number>): void;
  AddOutputMode(output: number, mode: number): void;
  SetScreenSize(root: number, width: number, height: number, widthMm: number, heightMm: number): void;
  SetCrtcConfig(
    crtc: number,
    timestamp: number,
    configTimestamp: number,
    x: number,
    y: number,
    mode: number,
    rotation: number,
    outputs: number[],
    done: Done<{ status: number }>,
  ): void;
}

const x11 = createRequire(import.meta.url)('x11') as {
  createClient(options: { display: string }, done: Done<Client>): void;
};
const NO_MODE = 0;
const UPRIGHT = 1;

/** Gives a screen another size, which must not be larger in any direction than it was at first. */
export async function resizeScreen(display: string, { widthPx, heightPx }: XServerSize): Promise<void> {
  const { client, screen } = await answer<Client>((done) => x11.createClient({ display }, done));
  client.on('error', () => undefined);
  const root = screen[0]?.root ?? 0;
  const randr = await answer<Randr>((done) => client.require('randr', done));
  const { crtcs, outputs, modeinfos } = await answer<Resources>((done) => randr.GetScreenResources(root, done));
  const [crtc = 0] = crtcs;
  const [output = 0] = outputs;
  const known = modeinfos.find(({ width, height }) => width === widthPx && height === heightPx)?.id;
  const size = { width: widthPx, height: heightPx, name: `${widthPx}x${heightPx}` };
  const mode = known ?? (await answer<number>((done) => randr.CreateMode(root, size, done)));
  if (known === undefined) randr.AddOutputMode(output, mode);
  const configure = (modeId: number, on: number[]) =>
    answer<{ status: number }>((done) => randr.SetCrtcConfig(crtc, 0, 0, 0, 0, modeId, UPRIGHT, on, done));
  await configure(NO_MODE, []);
  randr.SetScreenSize(root, widthPx, heightPx, Math.round(widthPx / 4), Math.round(heightPx / 4));
  const { status } = await configure(mode, [output]);
  client.terminate();
  if (status !== 0) throw new Error(`the screen was not resized: ${status}`);
}

function answer<Value>(ask: (done: Done<Value>) => void): Promise<Value> {
  return new Promise((resolve, reject) => ask((error, value) => (error ? reject(error as Error) : resolve(value))));
}
