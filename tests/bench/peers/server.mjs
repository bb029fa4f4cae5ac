/**
 * One peer under load: `node server.mjs KIND SEATS ROOMS`, KIND y-websocket, hocuspocus or colyseus.
 *
 * Each as its own documentation has it: awareness for presence and the document for operations; for
 * Colyseus a state that is patched at its `patchRate` and messages. Nothing is stored by any of them.
 * Prints one line of JSON: the port, and for Colyseus the seats it has reserved.
 */

import http from "node:http";

const [kind, seats, rooms] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const say = (port, paths = null) => console.log(JSON.stringify({ port, paths }));

const start = {
  "y-websocket": async () => {
    const { WebSocketServer } = await import("ws");
    const { setupWSConnection } = await import("@y/websocket-server/utils");
    const server = http.createServer();
    new WebSocketServer({ server }).on("connection", setupWSConnection);
    server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => say(server.address().port));
  },

  hocuspocus: async () => {
    const { Server } = await import("@hocuspocus/server");
    const server = new Server({ quiet: true, address: "127.0.0.1", port: 0, stopOnSignals: false });
    await server.listen();
    say(server.address.port);
  },

  colyseus: async () => {
    const { Room, Server, matchMaker } = await import("@colyseus/core");
    const { Encoder, MapSchema, Schema, defineTypes } = await import("@colyseus/schema");
    const { WebSocketTransport } = await import("@colyseus/ws-transport");

    Encoder.BUFFER_SIZE = 1024 * 1024; // as its own warning asks: 16 kB hold some hundred people

    class Player extends Schema {}
    const axes = Array.from({ length: 14 }, (_, index) => `p${index}`);
    defineTypes(Player, {
      at: "string",
      ...Object.fromEntries(axes.map((axis) => [axis, "float32"])),
    });
    class State extends Schema {
      constructor() {
        super();
        this.players = new MapSchema();
      }
    }
    defineTypes(State, { players: { map: Player } });

    class Meeting extends Room {
      onCreate() {
        this.seatReservationTimeout = 3600;
        this.autoDispose = false;
        this.patchRate = 1000 / 30; // as often as our rooms tick; its default is 50 ms
        this.setState(new State());
        this.onMessage("pose", (client, { at, pose }) => {
          const player = this.state.players.get(client.sessionId);
          if (!player) return;
          player.at = at;
          for (let index = 0; index < 14; index += 1) player[axes[index]] = pose[index];
        });
        this.onMessage("op", (_client, operation) => this.broadcast("op", operation));
      }
      onJoin(client) {
        this.state.players.set(client.sessionId, new Player());
      }
      onLeave(client) {
        this.state.players.delete(client.sessionId);
      }
    }

    const httpServer = http.createServer();
    const server = new Server({
      transport: new WebSocketTransport({ server: httpServer, pingInterval: 0 }),
      greet: false,
      gracefullyShutdown: false,
    });
    server.define("meeting", Meeting).filterBy(["number"]);
    await server.listen(0, "127.0.0.1");
    const paths = [];
    for (let seat = 0; seat < 2 * seats; seat += 1) {
      const reserved = await matchMaker.joinOrCreate("meeting", { number: (seat % seats) % rooms });
      const room = reserved.room ?? reserved;
      paths.push(`/${room.processId}/${room.roomId}?sessionId=${reserved.sessionId}`);
    }
    say(httpServer.address().port, paths);
  },
};

await start[kind]();
