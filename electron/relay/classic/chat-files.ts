// Owns the chat and file service: frames, chat to everybody, and files from one folder with their SHA-256.
import { TarnetError } from '../../../shared/base/errors.ts';
import type { ClassicOptions, ClassicService } from './classic-service.ts';
import { FileShelf, pieces, type ShelfFile } from './file-shelf.ts';
import { type ClientFrame, encodeFileMeta, encodeFrame, FrameReader } from './frame.ts';
import type { ClientHandler, TcpClient } from './tcp-client.ts';
import { TCP_SERVICE_LIMITS, TcpService, type TcpServiceLimits } from './tcp-service.ts';

export const CHAT_FILES_LIMITS = {
  pieceBytes: 8 * 1024,
  /** Read from the disk at once: several pieces. */
  readBytes: 64 * 1024,
  /** Files that one client may have asked for and not got yet. */
  maxWaitingFiles: 16,
  /** A chat text costs its client one unit for each of these. */
  chatUnitBytes: 512,
} as const;

const SERVICE_LIMITS: TcpServiceLimits = {
  ...TCP_SERVICE_LIMITS,
  maxClients: 128,
  maxClientsPerAddress: 32,
  idleMs: 30 * 60 * 1000,
  // The kernel tells of progress only every few megabytes: a client behind a thin line is slow, not stalled.
  stallMs: 120_000,
  partial: { afterMs: 30_000, since: 'first-byte' },
};

const UNSAFE_NAME = 'Nome de arquivo inválido.';
const NOT_FOUND = 'Arquivo não encontrado.';
const TOO_MANY = 'Pedidos demais: aguarde os arquivos já pedidos.';
const FAILED = 'O arquivo mudou durante o envio.';
const NOT_TEXT = 'O texto não é UTF-8 válido.';
const BAD_FRAME = 'Mensagem inválida.';

/** Starts the chat and file service. Throws `port-taken`, `not-supported`, or `malformed` without a folder. */
export async function startChatFiles(options: ClassicOptions): Promise<ClassicService> {
  const { port, bindAddress, clock, log, filesFolder } = options;
  if (filesFolder === null) throw TarnetError.malformed('files-dir', 'chat-files needs a folder');
  const shelf = new FileShelf(filesFolder);

  const toEverybody = (text: Buffer) => {
    const frame = encodeFrame('CHAT', text);
    for (const client of service.connected) client.send(frame);
  };
  const service = await TcpService.open({
    name: 'chat-files',
    port,
    bindAddress,
    clock,
    log,
    limits: SERVICE_LIMITS,
    makeHandler: (client) =>
      new ChatFilesHandler(client, shelf, toEverybody, (error) =>
        log.warn('a file could not be sent', { client: client.name, reason: error.reason }),
      ),
  });
  return service;
}

class ChatFilesHandler implements ClientHandler {
  readonly #client: TcpClient;
  readonly #shelf: FileShelf;
  readonly #toEverybody: (text: Buffer) => void;
  readonly #onFileFailed: (error: TarnetError) => void;
  readonly #frames = new FrameReader();
  readonly #wanted: string[] = [];
  #sending = false;
  #finished = false;

  constructor(
    client: TcpClient,
    shelf: FileShelf,
    toEverybody: (text: Buffer) => void,
    onFileFailed: (error: TarnetError) => void,
  ) {
    this.#client = client;
    this.#shelf = shelf;
    this.#toEverybody = toEverybody;
    this.#onFileFailed = onFileFailed;
  }

  get partialBytes(): number {
    return this.#frames.partialBytes;
  }

  take(chunk: Buffer): void {
    this.#frames.push(chunk);
  }

  step(): boolean {
    const frame = this.#frames.next();
    if (!frame) return false;
    this.#onFrame(frame);
    return true;
  }

  onPause(final: boolean): void {
    throw final
      ? TarnetError.malformed('length', 'the frame is not complete')
      : new TarnetError('timeout', 'the frame was not completed in time');
  }

  /** Whoever shuts only its own side still gets the files that it asked for. */
  onFinished(): void {
    this.#finished = true;
    if (!this.#sending) this.#client.end();
  }

  refuse(error: TarnetError): void {
    this.#refuse(`${BAD_FRAME} (${error.field ?? error.reason})`);
  }

  onClosed(): void {
    this.#wanted.length = 0;
  }

  #onFrame({ type, payload }: ClientFrame): void {
    switch (type) {
      case 'QUIT':
        this.#client.end();
        return;
      case 'CHAT': {
        this.#client.allowance.spend(1 + Math.ceil(payload.length / CHAT_FILES_LIMITS.chatUnitBytes));
        if (textOf(payload) === null) this.#refuse(NOT_TEXT);
        else this.#toEverybody(payload);
        return;
      }
      case 'FILE': {
        this.#client.allowance.spend(1);
        const name = textOf(payload);
        if (name === null) this.#refuse(NOT_TEXT);
        else if (this.#wanted.length >= CHAT_FILES_LIMITS.maxWaitingFiles) this.#refuse(TOO_MANY);
        else {
          this.#wanted.push(name);
          if (!this.#sending) void this.#sendFiles();
        }
        return;
      }
    }
  }

  async #sendFiles(): Promise<void> {
    this.#sending = true;
    for (let name = this.#wanted[0]; name !== undefined && this.#client.isOpen; name = this.#wanted[0]) {
      await this.#sendFile(name);
      this.#wanted.shift();
    }
    this.#sending = false;
    if (this.#finished) this.#client.end();
  }

  /** Sends one file or says why not; never throws. */
  async #sendFile(name: string): Promise<void> {
    let file: ShelfFile;
    try {
      file = await this.#shelf.open(name);
    } catch (error) {
      this.#refuse(TarnetError.from(error).reason === 'malformed' ? UNSAFE_NAME : NOT_FOUND);
      return;
    }
    try {
      await this.#sendOpenFile(file);
    } catch (thrown) {
      const error = TarnetError.from(thrown);
      if (error.reason === 'cancelled') return;
      // The client has been promised bytes that do not exist: only the end of the connection tells it for sure.
      this.#onFileFailed(error);
      this.#refuse(FAILED);
      this.#client.end();
    } finally {
      await file.close().catch(() => undefined);
    }
  }

  async #sendOpenFile(file: ShelfFile): Promise<void> {
    const client = this.#client;
    client.send(encodeFrame('FROK'));
    client.send(encodeFrame('FMTA', encodeFileMeta(file.name, file.sizeBytes)));
    client.send(encodeFrame('FHSH', await this.#shelf.hash(file, () => client.isOpen)));
    for await (const block of pieces(file, CHAT_FILES_LIMITS.readBytes)) {
      for (let at = 0; at < block.length; at += CHAT_FILES_LIMITS.pieceBytes) {
        await client.writable();
        if (!client.isOpen) return;
        client.send(encodeFrame('FDAT', block.subarray(at, at + CHAT_FILES_LIMITS.pieceBytes)));
      }
    }
  }

  #refuse(text: string): void {
    this.#client.send(encodeFrame('FERR', Buffer.from(text, 'utf8')));
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function textOf(payload: Buffer): string | null {
  try {
    return UTF8.decode(payload);
  } catch {
    return null;
  }
}
