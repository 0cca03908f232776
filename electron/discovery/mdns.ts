// Owns DNS-SD over multicast DNS (RFC 6762, RFC 6763): announcing this host while it shares, and browsing for others.
import { randomBytes } from 'node:crypto';
import { Bonjour, type Service } from 'bonjour-service';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { PROBE, printable } from './probe-packet.ts';
import type { OwnAnswer } from './probe-socket.ts';

const SERVICE_TYPE = 'tarnet';
const INSTANCE = /^TARNet-([0-9a-f]{6})$/;

export const MDNS_LIMITS = { maxAddresses: 8 } as const;

export interface MdnsFind {
  instance: string;
  /** The address that answered, and those that the record names. */
  addresses: string[];
  port: number;
  name: string;
  system: string;
  /** What it is recognised by, where its record says so. */
  salt: Uint8Array;
  tag: Uint8Array;
}

export interface MdnsOptions {
  clock: Clock;
  onFound(find: MdnsFind): void;
  onLost(instance: string): void;
  onProblem(error: TarnetError): void;
}

const text = (maxLength: number) => v.fallback(v.pipe(v.string(), v.maxLength(maxLength), v.transform(printable)), '');

const hex = v.fallback(v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), '');

const serviceSchema = v.object({
  name: v.pipe(v.string(), v.regex(INSTANCE)),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  addresses: v.fallback(v.array(v.pipe(v.string(), v.maxLength(64))), []),
  referer: v.object({ address: v.pipe(v.string(), v.maxLength(64)) }),
  txt: v.object({ v: v.literal('2'), n: text(PROBE.maxNameBytes), o: text(PROBE.maxSystemBytes), s: hex, h: hex }),
});

/** What a service that was found says, or null when it is none of ours or broken. */
export function parseService(service: unknown): MdnsFind | null {
  const parsed = v.safeParse(serviceSchema, service);
  if (!parsed.success) return null;
  const { name, port, addresses, referer, txt } = parsed.output;
  return {
    instance: INSTANCE.exec(name)?.[1] ?? '',
    addresses: [...new Set([referer.address, ...addresses])].slice(0, MDNS_LIMITS.maxAddresses),
    port,
    name: txt.n,
    system: txt.o,
    salt: new Uint8Array(Buffer.from(txt.s, 'hex')),
    tag: new Uint8Array(Buffer.from(txt.h, 'hex')),
  };
}

export class Mdns {
  readonly #options: MdnsOptions;
  #bonjour: Bonjour | null = null;
  #published: Service | null = null;

  constructor(options: MdnsOptions) {
    this.#options = options;
  }

  /** Browses until `stop`. */
  start(): void {
    if (this.#bonjour) return;
    const bonjour = new Bonjour({}, (cause: unknown) =>
      this.#options.onProblem(new TarnetError('not-supported', 'multicast DNS does not work here', { cause })),
    );
    this.#bonjour = bonjour;
    const browser = bonjour.find({ type: SERVICE_TYPE });
    browser.on('up', (service) => {
      const find = parseService(service);
      if (find) this.#options.onFound(find);
    });
    browser.on('down', (service) => {
      const instance = INSTANCE.exec(service.name)?.[1];
      if (instance) this.#options.onLost(instance);
    });
  }

  /** Announces this host; the machine's own name is not in it unless `own` has one. */
  announce(own: OwnAnswer): void {
    this.#unpublish();
    this.#published =
      this.#bonjour?.publish({
        name: `TARNet-${own.instance}`,
        host: `tn-${randomBytes(4).toString('hex')}.local`,
        type: SERVICE_TYPE,
        port: own.port,
        probe: false,
        txt: {
          v: '2',
          s: Buffer.from(own.salt).toString('hex'),
          h: Buffer.from(own.tag).toString('hex'),
          a: own.access,
          ...(own.name ? { n: own.name, o: own.system } : {}),
        },
      }) ?? null;
  }

  leave(): void {
    this.#unpublish();
  }

  async stop(): Promise<void> {
    const bonjour = this.#bonjour;
    this.#bonjour = null;
    this.#published = null;
    if (!bonjour) return;
    await new Promise<void>((resolve) => {
      bonjour.unpublishAll(() => bonjour.destroy(() => resolve()));
    });
  }

  #unpublish(): void {
    this.#published?.stop();
    this.#published = null;
  }
}
