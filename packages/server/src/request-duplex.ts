/**
 * Gives requests the attribute `duplex` of the Fetch standard, which Bun and Deno lack. Without it, the adapter cannot
 * make a request of another one that has content, as `new Request(url, request)` in the `mount` of a framework does.
 */
export function addDuplex(): void {
  const { prototype } = Request
  if ('duplex' in prototype) return
  Object.defineProperty(prototype, 'duplex', { get: () => 'half', configurable: true, enumerable: true })
}
