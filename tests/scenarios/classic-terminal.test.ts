// The classic services from a bare terminal: Python programs as their authors would write them, and nc.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ClassicStage } from './classic-stage.ts';

const has = (program: string, ...args: string[]) => spawnSync(program, args).error === undefined;
const noPython = !has('python3', '--version');
const noNetcat = !has('nc', '-h');

let stage: ClassicStage;
afterEach(() => stage.close());

/** What a program prints; it is given this on its standard input. */
function run(program: string, args: string[], input: string | Uint8Array = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'));
      else reject(new Error(`${program} ended with ${code}: ${Buffer.concat(err)}`));
    });
    child.stdin.end(input);
  });
}

const python = (lines: string[]) => run('python3', ['-c', lines.join('\n'), String(stage.service.port)]);
const CONNECT = ['import socket, sys', 's = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)'];

describe.skipIf(noPython)('a Python program', () => {
  it('gives commands one by one and leaves', async () => {
    stage = await ClassicStage.open('commands');
    const text = await python([
      ...CONNECT,
      'for command in ["ECHO", "TIME", "ajuda", "ECHO"]:',
      '    s.sendall(command.encode())',
      '    print(s.recv(1024).decode())',
      's.sendall(b"EXIT")',
      'print(repr(s.recv(1024)))',
      's.shutdown(socket.SHUT_RDWR)',
      's.close()',
    ]);
    expect(text.split('\n')).toEqual([
      'ECHO: Comando recebido com sucesso.',
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      'ERROR: Comando não reconhecido.',
      'ECHO: Comando recebido com sucesso.',
      "b''",
      '',
    ]);
    await expect.poll(() => stage.service.clients).toBe(0);
  });

  it('gets a file over 10 MB and finds its hash right', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tarnet-python-'));
    writeFileSync(path.join(folder, 'vídeo.bin'), randomBytes(10 * 1024 * 1024 + 5));
    stage = await ClassicStage.open('chat-files', { filesFolder: folder });
    const text = await python([
      ...CONNECT,
      'import struct, hashlib',
      'def receive(size):',
      '    data = b""',
      '    while len(data) < size:',
      '        piece = s.recv(min(65536, size - len(data)))',
      '        if not piece: raise EOFError()',
      '        data += piece',
      '    return data',
      'def send(kind, payload=b""): s.sendall(struct.pack(">Q4s", len(payload), kind) + payload)',
      'def frame():',
      '    size, kind = struct.unpack(">Q4s", receive(12))',
      '    return kind, receive(size)',
      'send(b"FILE", "nada".encode())',
      'print(*[part.decode() for part in frame()])',
      'send(b"CHAT", "olá".encode())',
      'print(*[part.decode() for part in frame()])',
      'send(b"FILE", "vídeo.bin".encode())',
      'print(frame()[0].decode())',
      'kind, meta = frame()',
      'length = struct.unpack(">I", meta[:4])[0]',
      'name, size = meta[4:4 + length].decode(), struct.unpack(">Q", meta[4 + length:])[0]',
      'print(kind.decode(), name, size)',
      'kind, digest = frame()',
      'print(kind.decode(), len(digest))',
      'hasher, got = hashlib.sha256(), 0',
      'while got < size:',
      '    kind, piece = frame()',
      '    assert kind == b"FDAT" and len(piece) <= 8192',
      '    hasher.update(piece)',
      '    got += len(piece)',
      'print(hasher.digest() == digest)',
      'send(b"QUIT")',
      'print(s.recv(1))',
    ]);
    rmSync(folder, { recursive: true });
    expect(text.split('\n')).toEqual([
      'FERR Arquivo não encontrado.',
      'CHAT olá',
      'FROK',
      `FMTA vídeo.bin ${10 * 1024 * 1024 + 5}`,
      'FHSH 32',
      'True',
      "b''",
      '',
    ]);
  });

  it('hears in the chat what another says', async () => {
    stage = await ClassicStage.open('chat');
    const text = await python([
      ...CONNECT,
      't = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)',
      'import time',
      's.sendall("bom dia".encode())',
      'print(t.recv(1024).decode().rstrip() .replace(str(s.getsockname()[1]), "PORT"))',
      't.sendall("igualmente".encode())',
      'print(s.recv(1024).decode().rstrip().replace(str(t.getsockname()[1]), "PORT"))',
    ]);
    expect(text).toMatch(/^\[127\.0\.0\.1:PORT .{19}\] bom dia\n\[127\.0\.0\.1:PORT .{19}\] igualmente\n$/);
  });

  it('has its echo by TCP and by UDP', async () => {
    stage = await ClassicStage.open('echo-tcp');
    expect(await python([...CONNECT, 's.sendall(b"  abc \\n")', 'print(s.recv(1024))'])).toBe("b'ABC'\n");
    await stage.close();
    stage = await ClassicStage.open('echo-udp');
    const udp = [
      'import socket, sys',
      's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)',
      's.settimeout(10)',
      's.sendto(b"  abc \\n", ("127.0.0.1", int(sys.argv[1])))',
      'print(s.recvfrom(1024)[0])',
    ];
    expect(await python(udp)).toBe("b'ABC'\n");
  });
});

describe.skipIf(noNetcat)('nc', () => {
  it('has lines for its lines, and ends when it is told goodbye', async () => {
    stage = await ClassicStage.open('commands');
    const text = await run('nc', ['127.0.0.1', String(stage.service.port)], 'ECHO\nquê?\nEXIT\n');
    expect(text).toBe('ECHO: Comando recebido com sucesso.\nERROR: Comando não reconhecido.\n');
    await expect.poll(() => stage.service.clients).toBe(0);
  });

  it('that shuts its side after a command without line end has the answer', async () => {
    stage = await ClassicStage.open('commands');
    expect(await run('nc', ['-N', '127.0.0.1', String(stage.service.port)], 'ECHO')).toBe(
      'ECHO: Comando recebido com sucesso.',
    );
  });

  it('has its echo', async () => {
    stage = await ClassicStage.open('echo-tcp');
    expect(await run('nc', ['-N', '127.0.0.1', String(stage.service.port)], 'olá\n')).toBe('OLÁ');
  });
});
