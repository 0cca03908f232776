import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { SharedFrame } from './shared-frame.ts';

const http = createServer();
const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
let client: WebSocket;
let stream: Duplex;

beforeAll(async () => {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const upgrade = once(http, 'upgrade') as Promise<[IncomingMessage, Duplex, Buffer]>;
  client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  const opened = once(client, 'open');
  const [request, socket, head] = await upgrade;
  upgrades.handleUpgrade(request, socket, head, () => undefined);
  stream = socket;
  await opened;
});
afterAll(() => {
  client.terminate();
  http.close();
});

describe('a frame for many viewers', () => {
  it.each([0, 1, 125, 126, 127, 0xffff, 0x10000, 100_000])('carries %i bytes as RFC 6455 has it', async (sizeBytes) => {
    const message = Uint8Array.from({ length: sizeBytes }, (_, at) => at * 31);
    const received = once(client, 'message') as Promise<[Buffer, boolean]>;
    stream.write(new SharedFrame(message).bytes);
    const [data, isBinary] = await received;
    expect(isBinary).toBe(true);
    expect(Buffer.compare(data, message)).toBe(0);
  });

  it('is made once', () => {
    const frame = new SharedFrame(new Uint8Array(10));
    expect(frame.bytes).toBe(frame.bytes);
  });
});
