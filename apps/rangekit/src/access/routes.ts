/** Which routes check links. */

/** Routes that need a grant where links are signed. `/api/stream` and `/api/events` check theirs themselves. */
export const GUARDED = [
  '/',
  '/browse/*',
  '/watch/*',
  '/api/videos',
  '/api/media/*',
  '/api/cover/*',
  '/api/subtitles/*',
  '/api/playlist.m3u8',
]

/** Routes that say nothing about files. */
export const OPEN = ['/openapi.json', '/docs']

/** Paths that say nothing of this server's files, whoever asks, by whatever name: health checks, scripts and styles. */
export const PUBLIC = /^\/(?:healthz|readyz|assets\/.*)$/

const LINKABLE = [...GUARDED, '/api/stream/*', '/api/events']

/** Whether a path is one of those that check links. */
export function isLinkable(path: string): boolean {
  return LINKABLE.some((route) =>
    route.endsWith('/*') ? path.startsWith(route.slice(0, -1)) : path === route,
  )
}
