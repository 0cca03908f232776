// Entry: the raw splice, the least that any relay can do: what the first connection sends goes to all others.
import { createServer, type Socket } from 'node:net';

const viewers = new Set<Socket>();
let host: Socket | null = null;
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  if (!host) {
    host = socket;
    socket.on('data', (chunk) => {
      for (const viewer of viewers) viewer.write(chunk);
    });
    socket.once('close', () => {
      host = null;
    });
    return;
  }
  viewers.add(socket);
  socket.resume();
  socket.once('close', () => viewers.delete(socket));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
