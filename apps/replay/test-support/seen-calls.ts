import type { SeenCall } from './fake-replica.js';

export const isPost = ({ method, url }: SeenCall): boolean => method === 'POST' && url === '/v1/load/stats';

export const isRelease = ({ method, url }: SeenCall): boolean =>
  method === 'DELETE' && url === '/v1/load/prompt';

export const isRemoval = ({ method, url }: SeenCall): boolean =>
  method === 'DELETE' && url === '/v1/load/stats';

export const isLocate = ({ url }: SeenCall): boolean => url === '/v1/cache/query';

export const isSave = ({ url }: SeenCall): boolean => url === '/v1/cache/save';
