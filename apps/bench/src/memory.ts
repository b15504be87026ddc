// Memory of a server: with readers that stopped reading, after they are gone, and at its peak.
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { MeasureName, Outcome } from './results.ts'

const readers = 1000
/** Opened together: every server's queue of connections takes that many. */
const batch = 100
const kib = 1024

/** Bytes of resident memory of a process and all below it: `VmRSS` now, `VmHWM` at most so far. */
export function resident(root: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm')
  return processTree(root).reduce(
    (sum, pid) => sum + Number(line.exec(read(pid, 'status'))?.[1] ?? 0) * kib,
    0,
  )
}

/** A process and all below it. */
export function processTree(pid: number): number[] {
  const children = read(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(processTree)]
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Has 1,000 connections ask for the whole file and read no further than the first bytes. A server that has just
 * started still grows by itself: give it some work before.
 */
export async function measureReaders(
  url: URL,
  pid: number,
  completeLength: number,
): Promise<Partial<Record<MeasureName, Outcome>>> {
  await setTimeout(1000)
  const started = resident(pid, 'VmRSS')
  const sockets: Socket[] = []
  let wrong = 0
  for (let opened = 0; opened < readers; opened += batch) {
    const answers = Array.from({ length: batch }, () => openReader(url, sockets))
    for (const head of await Promise.all(answers)) if (!isWhole(head, completeLength)) wrong++
  }
  const held = await settled(pid)
  for (const socket of sockets) socket.destroy()
  await setTimeout(5000)
  if (wrong > 0) {
    const failed: Outcome = { kind: 'failed', reason: `${wrong} of ${readers} answers wrong` }
    return { stalled: failed, gone: failed }
  }
  return {
    started: { kind: 'figure', value: started },
    stalled: { kind: 'figure', value: (held - started) / readers },
    gone: { kind: 'figure', value: resident(pid, 'VmRSS') },
  }
}

/** Gives the first bytes of the answer; '' when none come. */
function openReader(url: URL, sockets: Socket[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      onread: {
        buffer: Buffer.alloc(4 * kib),
        callback: (length, buffer) => {
          resolve(Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1'))
          // Reads no more.
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

/** Resident memory when it has changed by less than 1 % within a second; at the latest after 10. */
async function settled(pid: number): Promise<number> {
  await setTimeout(2000)
  let last = resident(pid, 'VmRSS')
  for (let waited = 2; waited < 10; waited++) {
    await setTimeout(1000)
    const now = resident(pid, 'VmRSS')
    if (Math.abs(now - last) < last / 100) return now
    last = now
  }
  return last
}
