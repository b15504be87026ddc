import { get } from 'node:http'

/** How a download ended: as whole as its framing says, broken by the server, or never. */
export type Ending = 'complete' | 'broken' | 'hanging'

export interface Download {
  readonly status: number
  /** Bytes of the body. */
  readonly received: number
  readonly ending: Ending
}

export interface DownloadOptions {
  /** Called once the response has begun; nothing is read until it is done. Default: nothing. */
  readonly midway?: () => Promise<void>
  /** Milliseconds without a byte after which a download counts as hanging. Default: 15,000. */
  readonly silence?: number
}

/** Downloads a file and keeps nothing of it. */
export function download(
  url: URL,
  { midway = async () => {}, silence = 15_000 }: DownloadOptions = {},
): Promise<Download> {
  return new Promise((resolve) => {
    let status = 0
    let received = 0
    const request = get(url, { agent: false, headers: { Connection: 'close' } })
    const end = (ending: Ending) => {
      resolve({ status, received, ending })
      request.destroy()
    }
    request.on('error', () => end('broken')).on('close', () => end('broken'))
    request.on('response', async (response) => {
      status = response.statusCode ?? 0
      await midway()
      request.setTimeout(silence, () => end('hanging'))
      response
        .on('error', () => end('broken'))
        .on('end', () => end(response.complete ? 'complete' : 'broken'))
        .on('data', (piece: Buffer) => {
          received += piece.byteLength
        })
    })
    request.setTimeout(silence, () => end('hanging'))
  })
}
