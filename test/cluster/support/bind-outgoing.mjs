/**
 * Loaded before a replica (`node --import`): its outgoing connections come from its own address rather than from
 * 127.0.0.1, so that a proxy in front of another replica can tell who calls.
 */
import net from 'node:net';

const connect = net.connect;
net.connect = (options, ...rest) =>
  connect({ ...options, localAddress: process.env.METADATA_CENTER_HTTP_HOST }, ...rest);
