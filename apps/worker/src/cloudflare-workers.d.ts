// The types of Workers would replace those of the web in all of this app.
declare module 'cloudflare:workers' {
  /** Keeps the Worker running for the request that is being answered until the promise has settled. */
  export function waitUntil(promise: Promise<unknown>): void
}
