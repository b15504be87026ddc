/** The thread that parses media files, one at a time. It reads their bytes through the server's thread. */
import { parentPort } from 'node:worker_threads'
import type { FromWorker, ToWorker } from './media-messages.ts'
import { parseMedia } from './parse-media.ts'

const waiting = new Map<number, PromiseWithResolvers<Uint8Array>>()
let lastId = 0

const post = (message: FromWorker) => parentPort?.postMessage(message)

function read(start: number, end: number): Promise<Uint8Array> {
  const id = ++lastId
  const bytes = Promise.withResolvers<Uint8Array>()
  waiting.set(id, bytes)
  post({ kind: 'read', id, start, end })
  return bytes.promise
}

function receive(message: ToWorker): void {
  switch (message.kind) {
    case 'parse': {
      const { size, maxPicture } = message
      void parseMedia({ size, maxPicture, read }).then((content) => post({ kind: 'parsed', content }))
      return
    }
    case 'bytes': {
      const { id, bytes } = message
      if (bytes === undefined) waiting.get(id)?.reject(new Error('Read failed'))
      else waiting.get(id)?.resolve(bytes)
      waiting.delete(id)
      return
    }
  }
}

parentPort?.on('message', receive)
