import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { memoryOf } from '@rangekit/test-kit/processes'
import type { MeasureName, Outcome } from '../results.ts'

const READERS = 1000
/** Connections opened together: no more than the accept queue of every server holds. */
const BATCH = 100
/** Bytes that a reader reads before it stops. */
const FIRST_BYTES = 4096

/** Resident memory of a process and all its descendants, in bytes: `VmRSS` now, `VmHWM` at most so far. */
export function residentMemory(root: number, field: 'VmRSS' | 'VmHWM'): number {
  return processTree(root).reduce((sum, pid) => sum + memoryOf(pid, field), 0)
}

/** The ids of a process and all its descendants. */
export function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return [pid, ...children.map(Number).flatMap(processTree)]
}

/**
 * Measures memory with 1,000 connections that request the whole file and stop reading after the first bytes. Warm the
 * server up before: one that has just started still grows without readers.
 *
 * @param completeLength bytes of the file.
 */
export async function measureReaders(
  url: URL,
  pid: number,
  completeLength: number,
): Promise<Partial<Record<MeasureName, Outcome>>> {
  await setTimeout(1000)
  const started = residentMemory(pid, 'VmRSS')
  const sockets: Socket[] = []
  let wrong = 0
  for (let opened = 0; opened < READERS; opened += BATCH) {
    const heads = Array.from({ length: BATCH }, () => openReader(url, sockets))
    for (const head of await Promise.all(heads)) if (!isWhole(head, completeLength)) wrong++
  }
  const held = await settledMemory(pid)
  for (const socket of sockets) socket.destroy()
  await setTimeout(5000)
  if (wrong > 0) {
    const failed: Outcome = { kind: 'failed', reason: `${wrong} of ${READERS} answers wrong` }
    return { stalled: failed, gone: failed }
  }
  return {
    started: { kind: 'figure', value: started },
    stalled: { kind: 'figure', value: (held - started) / READERS },
    gone: { kind: 'figure', value: residentMemory(pid, 'VmRSS') },
  }
}

/** Resolves to the first bytes of the response; to nothing when none arrive. */
function openReader(url: URL, sockets: Socket[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      onread: {
        buffer: Buffer.alloc(FIRST_BYTES),
        callback: (length, buffer) => {
          resolve(Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1'))
          // Stops reading.
          return false
        },
      },
    })
    sockets.push(socket)
    socket.on('error', () => resolve('')).on('close', () => resolve(''))
    socket.setTimeout(20_000, () => resolve(''))
    socket.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`)
  })
}

function isWhole(head: string, completeLength: number): boolean {
  return (
    /^HTTP\/1\.1 200 /.test(head) && head.toLowerCase().includes(`\r\ncontent-length: ${completeLength}\r\n`)
  )
}

/** Resident memory once it changes by less than 1 % within a second, after 10 seconds at the latest. */
async function settledMemory(pid: number): Promise<number> {
  await setTimeout(2000)
  let last = residentMemory(pid, 'VmRSS')
  for (let waited = 2; waited < 10; waited++) {
    await setTimeout(1000)
    const now = residentMemory(pid, 'VmRSS')
    if (Math.abs(now - last) < last / 100) return now
    last = now
  }
  return last
}
