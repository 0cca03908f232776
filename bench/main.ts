// Owns the course of the bench: for the local floor and for each peer, two fresh displays and all scenes one after the other.
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PNG } from 'pngjs';
import { XScreen } from '../tests/displays/x-screen.ts';
import { startXServer, type XServer } from '../tests/displays/x-server.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { describeMachine } from './machine.ts';
import {
  measureChange,
  measureChangeBesideVideo,
  measureKey,
  measureMotion,
  measureReplace,
  measureStill,
  measureTyping,
  type Rig,
  waitForFirstPicture,
} from './measure.ts';
import { type BenchOptions, type PeerName, parseOptions, type SceneName, USAGE } from './options.ts';
import { freeRdp, missingPrograms, noVnc, type Peer, tarnet, tigerVnc, x11Vnc } from './peers.ts';
import { startProgram, stopProgram } from './processes.ts';
import { type Figures, formatReport, type Subject } from './report.ts';
import { makePictures, SCREEN, Stage } from './stage.ts';
import { Watcher } from './watcher.ts';

const LOOPBACK = '127.0.0.1';
const LISTEN_TIMEOUT_MS = 30_000;
const SAMPLES_PER_SECOND = 5;
/** However long the scenes are: a peer that hangs must not hang the bench. */
const SUBJECT_TIMEOUT = { baseMs: 120_000, perSceneFactor: 3 } as const;

type Pictures = Awaited<ReturnType<typeof makePictures>>;

const SCENE_RUNNERS: Readonly<Record<SceneName, (rig: Rig, seconds: number) => Promise<Figures>>> = {
  change: async (rig, seconds) => ({ change: await measureChange(rig, seconds * SAMPLES_PER_SECOND) }),
  beside: async (rig, seconds) => ({ beside: await measureChangeBesideVideo(rig, seconds * SAMPLES_PER_SECOND) }),
  key: async (rig, seconds) => ({ key: await measureKey(rig, seconds * SAMPLES_PER_SECOND) }),
  still: async (rig, seconds) => ({ still: await measureStill(rig, seconds) }),
  typing: async (rig, seconds) => ({ typing: await measureTyping(rig, seconds) }),
  scroll: async (rig, seconds) => ({ scroll: await measureMotion(rig, 'scroll', seconds) }),
  drag: async (rig, seconds) => ({ drag: await measureMotion(rig, 'drag', seconds) }),
  video: async (rig, seconds) => ({ video: await measureMotion(rig, 'video', seconds) }),
  replace: async (rig) => ({ replace: await measureReplace(rig) }),
};

const PEER_OF: Readonly<Record<PeerName, (options: BenchOptions) => Peer>> = {
  tarnet: ({ inside }) => ourPeer(inside),
  tigervnc: () => tigerVnc,
  freerdp: () => freeRdp,
  x11vnc: () => x11Vnc,
  novnc: () => noVnc(electronRuntime()),
};

async function main(): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const machine = describeMachine();
  const folder = mkdtempSync(path.join(tmpdir(), 'tarnet-bench-'));
  let keepFolder = options.keep;
  // Also when it is interrupted.
  process.once('exit', () => {
    if (keepFolder) console.error(`logs and pictures are kept in ${folder}`);
    else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const pictures = await makePicturesOnce();
  const subjects = [await measureSubject(null, options, pictures, folder)];
  for (const name of options.peers) {
    const peer = PEER_OF[name](options);
    subjects.push(await measureSubject(peer, options, pictures, folder));
  }
  keepFolder ||= subjects.some(({ problem }) => problem !== null);
  const report = {
    machine,
    screen: `${SCREEN.widthPx}x${SCREEN.heightPx}`,
    seconds: options.seconds,
    link: options.link,
    subjects,
  };
  if (options.jsonFile !== null) writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  console.log(formatReport(report));
  return 0;
}

async function makePicturesOnce(): Promise<Pictures> {
  console.error('making the pictures ...');
  const server = await startXServer(SCREEN);
  const screen = await XScreen.connect(server.display);
  const pictures = await makePictures(screen);
  screen.close();
  server.stop();
  return pictures;
}

/** Builds the app, so that what is measured is what the checkout holds. */
function ourPeer(inside: boolean): Peer {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return tarnet(electronRuntime(), inside);
}

function electronRuntime(): string {
  return execFileSync(process.execPath, ['scripts/electron-runtime.mjs'], { encoding: 'utf8' }).trim();
}

/** Measures one peer; null measures the floor: painting and watching on one and the same display. */
async function measureSubject(
  peer: Peer | null,
  options: BenchOptions,
  pictures: Pictures,
  folder: string,
): Promise<Subject> {
  const name = peer?.name ?? 'local';
  const subject: Subject = {
    name,
    version: 'the same display, nothing in between: what the bench itself can resolve',
    figures: {},
    problem: null,
  };
  const missing = peer && missingPrograms(peer);
  if (missing) return { ...subject, problem: `skipped, ${missing}` };
  const setting = new Setting(peer, path.join(folder, name), options);
  const limitMs =
    SUBJECT_TIMEOUT.baseMs + options.scenes.length * options.seconds * 1_000 * SUBJECT_TIMEOUT.perSceneFactor;
  let scene = 'start';
  let timer: NodeJS.Timeout | undefined;
  try {
    if (peer) subject.version = peer.version();
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${limitMs} ms`)), limitMs);
    });
    const work = async (): Promise<void> => {
      console.error(`${name}: starting ...`);
      const rig = await setting.open(pictures);
      await waitForFirstPicture(rig);
      for (scene of options.scenes) {
        console.error(`${name}: ${scene} ...`);
        Object.assign(subject.figures, await SCENE_RUNNERS[scene as SceneName](rig, options.seconds));
        const inside = options.inside ? peer?.inside?.(path.join(folder, name)) : null;
        if (inside) subject.inside = { ...subject.inside, [scene]: inside };
      }
    };
    await Promise.race([work(), timeout]);
    if (options.keep) await setting.photograph();
  } catch (error) {
    subject.problem = `${scene}: ${error instanceof Error ? error.message : String(error)}. ${setting.lastWords()}`;
    await setting.photograph();
  } finally {
    clearTimeout(timer);
    await setting.close();
  }
  return subject;
}

/** Everything that one subject needs and that must be gone after it. */
class Setting {
  readonly #peer: Peer | null;
  readonly #options: BenchOptions;
  readonly #folder: string;
  readonly #logFile: string;
  readonly #xServers: XServer[] = [];
  readonly #programs: ChildProcess[] = [];
  #rig: Rig | null = null;
  #viewer: XScreen | null = null;
  #proxy: CountingProxy | null = null;

  constructor(peer: Peer | null, folder: string, options: BenchOptions) {
    this.#peer = peer;
    this.#options = options;
    this.#folder = folder;
    this.#logFile = path.join(folder, 'log');
    mkdirSync(folder, { recursive: true });
    writeFileSync(this.#logFile, '');
  }

  async open(pictures: Pictures): Promise<Rig> {
    const hostX = await this.#startX();
    const viewerX = this.#peer ? await this.#startX() : hostX;
    const stage = await Stage.open(hostX.display, pictures);
    const viewer = await XScreen.connect(viewerX.display);
    this.#viewer = viewer;
    const processes: Rig['processes'] = { host: null, viewer: null, hostX: hostX.pid, viewerX: viewerX.pid };
    if (!this.#peer) processes.viewerX = 0;
    if (this.#peer) {
      const [hostPort, innerPort] = [await freePort(), await freePort()];
      const displays = { hostDisplay: hostX.display, viewerDisplay: viewerX.display };
      const place = { ...displays, hostPort, innerPort, folder: this.#folder };
      processes.host = this.#start(this.#peer.host(place));
      await listening(hostPort);
      this.#proxy = await startCountingProxy(hostPort, this.#options.link);
      processes.viewer = this.#start(this.#peer.viewer(place, this.#proxy.port));
    }
    this.#rig = {
      stage,
      viewer,
      watcher: new Watcher(viewer),
      proxy: this.#proxy,
      processes,
      rests: this.#options.rest,
    };
    return this.#rig;
  }

  async #startX(): Promise<XServer> {
    const server = await startXServer(SCREEN);
    this.#xServers.push(server);
    return server;
  }

  #start(command: Parameters<typeof startProgram>[0]): number {
    const child = startProgram(command, this.#logFile);
    this.#programs.push(child);
    if (child.pid === undefined) throw new Error(`${command.program} does not start`);
    return child.pid;
  }

  lastWords(): string {
    return readFileSync(this.#logFile, 'utf8').trim().split('\n').slice(-4).join(' / ').slice(-600);
  }

  /** Keeps what the viewer's display shows, for whoever looks for the reason of a failure. */
  async photograph(): Promise<void> {
    if (!this.#viewer) return;
    const { widthPx: width, heightPx: height } = SCREEN;
    const shown = await this.#viewer.grab({ x: 0, y: 0, width, height }).catch(() => null);
    if (!shown) return;
    const image = new PNG({ width, height });
    for (let at = 0; at < shown.bytes.length; at += 4)
      image.data.set([shown.bytes[at + 2] ?? 0, shown.bytes[at + 1] ?? 0, shown.bytes[at] ?? 0, 255], at);
    writeFileSync(path.join(this.#folder, 'viewer.png'), PNG.sync.write(image));
  }

  async close(): Promise<void> {
    await this.#rig?.watcher.close();
    for (const program of this.#programs.reverse()) await stopProgram(program);
    await this.#proxy?.stop();
    this.#viewer?.close();
    this.#rig?.stage.close();
    for (const server of this.#xServers) server.stop();
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('no free port');
  return address.port;
}

/** Resolves when somebody listens on a port of this machine. */
async function listening(port: number): Promise<void> {
  const deadlineMs = performance.now() + LISTEN_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, LOOPBACK, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the host side does not listen on port ${port} after ${LISTEN_TIMEOUT_MS} ms`);
}

process.exitCode = await main();
// Whatever a library still holds open.
process.exit();
