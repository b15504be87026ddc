import type { Fields } from '@rangekit/range-core'
import { formatSize } from '../client/format.ts'
import { fail } from '../command/problem.ts'
import { download } from './download.ts'
import { type Downloaded, type DownloadState, withoutUserInfo } from './get-options.ts'
import { getProblem } from './get-problem.ts'
import { drawLine, renderProgress, Speed } from './progress.ts'

/** The parsed options of `rangekit get`. */
export interface GetFlags {
  readonly output?: string
  readonly connections: number
  readonly force: boolean
  readonly quiet: boolean
  readonly header?: Fields
}

/** What a shell reports of a process that SIGINT ended. */
const INTERRUPTED = 130

/** Runs `rangekit get URL`: downloads a file. */
export async function runGet(
  asked: string,
  { output, connections, force, quiet, header = {} }: GetFlags,
): Promise<void> {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort())
  // Without a password and a signature, which would be on the screen.
  const { origin, pathname } = new URL(asked)
  const state: DownloadState = { name: `${origin}${pathname}`, bytes: 0, resumedBytes: 0, length: undefined }
  const notice = (text: string) => {
    if (!quiet) process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}rangekit: ${text}\n`)
  }
  const began = performance.now()
  const endProgress = quiet || !process.stderr.isTTY ? () => {} : showProgress(state)
  try {
    const { url, headers } = withoutUserInfo(asked, header)
    const request = { url, headers, output, connections, force, notice, signal: stopping.signal }
    const downloaded = await download(request, state)
    endProgress()
    const line = summary(state, downloaded, (performance.now() - began) / 1000)
    if (!quiet) (output === '-' ? process.stderr : process.stdout).write(`${line}\n`)
  } catch (error) {
    endProgress()
    if (!stopping.signal.aborted) return fail(getProblem(error, state))
    const canResume = output !== '-' && state.length !== undefined
    notice(canResume ? 'stopped; the same command goes on from here' : 'stopped')
    process.exitCode = INTERRUPTED
  }
}

function showProgress(state: DownloadState): () => void {
  const speed = new Speed()
  return drawLine(process.stderr, (columns) =>
    renderProgress({ ...state, speed: speed.measure(state.bytes - state.resumedBytes), columns }),
  )
}

function summary(
  { name, bytes, resumedBytes }: DownloadState,
  { verified }: Downloaded,
  seconds: number,
): string {
  const fetched = bytes - resumedBytes
  const facts = [
    `${formatSize(bytes)}${resumedBytes > 0 ? `, ${formatSize(fetched)} of it now,` : ''} in ${seconds.toFixed(1)} s`,
    `${formatSize(fetched / seconds)}/s`,
    ...(verified === undefined ? [] : [`${verified} verified`]),
  ]
  return `${name}: ${facts.join(', ')}`
}
