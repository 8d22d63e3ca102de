import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ServerPlace, Way } from '../arrows.ts';
import { type Arrow, type Certificate, read, unread } from '../readings.ts';
import { reasonOf } from './redis-servers.ts';

const connectMs = 2_000;

/** Tries a way from here: whether somebody takes connections there. */
export function tryWay({ from, to, host, port }: Way): Promise<Arrow> {
  const place = placeText({ host, port });
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: Arrow['answer']): void => {
      socket.destroy();
      resolve({ from, to, place, answer });
    };
    socket.setTimeout(connectMs, () => end(unread('no answer in time')));
    socket.once('connect', () => end(read(true)));
    socket.on('error', (error) => end(unread(reasonOf(error))));
  });
}

/** Until when a server's certificate is valid; whether it is trusted here is not asked. */
export function readCertificate(of: string, { host, port }: ServerPlace): Promise<Certificate> {
  const place = placeText({ host, port });
  return new Promise((resolve) => {
    const name = isIP(host) ? {} : { servername: host };
    const socket = connectTls({ host, port, ...name, rejectUnauthorized: false });
    const end = (answer: Certificate['answer']): void => {
      socket.destroy();
      resolve({ of, place, answer });
    };
    socket.setTimeout(connectMs, () => end(unread('no answer in time')));
    socket.once('secureConnect', () => {
      const { valid_from: from, valid_to: to } = socket.getPeerCertificate();
      end(to ? read({ validFromMs: Date.parse(from), validToMs: Date.parse(to) }) : unread('it shows no certificate'));
    });
    socket.on('error', (error) => end(unread(reasonOf(error))));
  });
}

const placeText = ({ host, port }: ServerPlace): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
