/** The requests as files: as they are, and as an HTTP archive that developer tools open. */
import { explain } from './map-explain.ts'
import type { MapModel } from './map-model.ts'
import { sentBytes, statusOf } from './map-seen.ts'

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  206: 'Partial Content',
  304: 'Not Modified',
  404: 'Not Found',
  405: 'Method Not Allowed',
  412: 'Precondition Failed',
  416: 'Range Not Satisfiable',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** Everything that the map knows, in its own format. */
export function toJson(model: MapModel, now: number): object {
  const { key, length, frontier, cache, all } = model
  const scene = model.scene(now)
  return {
    key,
    completeLength: length,
    ...(frontier !== undefined && { frontier }),
    ...(cache && { cache }),
    transfers: all.map((seen) => ({
      ...seen.begun,
      ...seen.progress,
      explanation: explain(seen, all, scene),
    })),
  }
}

/**
 * HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). What the map does not know, such as the sizes of heads, is
 * -1 there.
 *
 * @param url of the file, without a signature.
 */
export function toHar(model: MapModel, url: string, version: string, now: number): object {
  const { all } = model
  return {
    log: {
      version: '1.2',
      creator: { name: 'Rangekit', version },
      entries: all.map((seen) => {
        const { begun, progress } = seen
        const status = statusOf(seen)
        return {
          startedDateTime: new Date(begun.startedAt).toISOString(),
          time: progress.duration,
          request: {
            method: begun.method,
            url,
            httpVersion: 'HTTP/1.1',
            cookies: [],
            headers: headersOf(begun.fields),
            queryString: [],
            headersSize: -1,
            bodySize: 0,
          },
          response: {
            status,
            statusText: REASONS[status] ?? '',
            httpVersion: 'HTTP/1.1',
            cookies: [],
            headers: headersOf(begun.answer),
            content: { size: sentBytes(seen), mimeType: begun.answer['Content-Type'] ?? '' },
            redirectURL: '',
            headersSize: -1,
            bodySize: sentBytes(seen),
          },
          cache: {},
          timings: { send: 0, wait: 0, receive: progress.duration },
          comment: explain(seen, all, model.scene(now)),
          _outcome: progress.outcome ?? 'active',
          _bytesAsked: begun.length,
        }
      }),
    },
  }
}

function headersOf(fields: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(fields).map(([name, value]) => ({ name, value }))
}
