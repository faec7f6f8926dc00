import { createServer, type AddressInfo } from "node:net";

/** `count` neighbouring ports of loopback that nobody listened on a moment ago. Answers the first. */
export async function freePorts(count = 1): Promise<number> {
  for (;;) {
    const first = await listenAndLeave(0);
    const neighbours = Array.from({ length: count - 1 }, (_, index) => first + 1 + index);
    const free = await Promise.all(neighbours.map((port) => listenAndLeave(port).catch(() => 0)));
    if (free.every((port) => port > 0)) return first;
  }
}

function listenAndLeave(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address() as AddressInfo;
      server.close(() => resolve(address.port));
    });
  });
}
