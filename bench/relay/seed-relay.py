"""The first course project's relay, made again for the bench: rooms, JSON text frames, every frame to every client."""
import asyncio
import datetime
import json
import sys

import websockets

rooms = {}


async def serve(socket):
    host_id = None
    room = None
    try:
        async for text in socket:
            message = json.loads(text)
            kind = message.get("type")
            if kind == "register_host":
                host_id = message["host_id"]
                room = rooms.setdefault(host_id, set())
                await socket.send(json.dumps({
                    "type": "host_registered",
                    "host_id": host_id,
                    "room_id": "room_" + host_id,
                    "server_time": datetime.datetime.now().isoformat(),
                }))
            elif kind == "register_client":
                room = rooms.setdefault(message["target_host"], set())
                room.add(socket)
                await socket.send(json.dumps({"type": "client_registered"}))
            elif kind == "screen_frame" and room:
                await asyncio.gather(*(client.send(text) for client in room), return_exceptions=True)
    except websockets.ConnectionClosed:
        pass
    finally:
        if room is not None:
            room.discard(socket)


async def main():
    server = await websockets.serve(serve, "127.0.0.1", 0, max_size=4 * 1024 * 1024, compression=None)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await asyncio.Future()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(0)
