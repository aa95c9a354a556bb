export { DirectoryModule, type DirectoryOptions } from './adapters/dns/directory.module.js';
export { Directory, DirectoryError } from './application/ports/directory.js';
export { OwnAddresses } from './domain/own-addresses.js';
export { type PeerAddress, addressText } from './domain/peer-address.js';
