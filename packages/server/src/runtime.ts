/** Which runtime this is, for code that has to know where its `node:http` differs from Node's. */

export const isBun = 'Bun' in globalThis
export const isDeno = 'Deno' in globalThis
