import { clientFrame, fin, loop, opcodes, openTcp, readHead, upgradeRequest } from '../../test/rigs/raw-sockets.ts';

/**
 * Devices that log in, or where there is no login only connect, and then only answer pings: bare sockets, in a process of their own.
 */
const atOnce = 50;
const pong = clientFrame(fin | opcodes.pong);

process.on('message', (message) => {
  const { port, logins } = message as { port: number; logins: (object | null)[] };
  void loop(logins.length, atOnce, async (index) => {
    const socket = await openTcp({ port });
    socket.write(upgradeRequest());
    await readHead(socket);
    socket.on('data', (chunk: Buffer) => {
      if (chunk[0] === (fin | opcodes.ping)) socket.write(pong);
    });
    const login = logins[index];
    if (login) socket.write(clientFrame(fin | opcodes.text, JSON.stringify(login)));
  });
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
