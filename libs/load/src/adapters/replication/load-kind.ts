/** The name of this context's states on the wire. */
export const loadKind = 'load';
