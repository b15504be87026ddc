import { format } from 'node:util'
import type { RequestListener, ServedRequest } from '@rangekit/server'
import { isProbe } from '../command/probe-paths.ts'
import { messageOf } from '../command/problem.ts'
import type { Login } from '../password/login.ts'
import type { Problem } from '../place/place.ts'
import { type LogFlags, logFormat } from './flags.ts'
import { jsonMessage, jsonRequest } from './json-lines.ts'
import { FILE_BATCH, LineBuffer, PIPE_BATCH } from './line-buffer.ts'
import { LogFile } from './log-file.ts'
import { requestEntry } from './request-entry.ts'
import { type Look, textMessage, textRequest } from './text-lines.ts'

/** The log of a process. */
export interface Log {
  /** Writes a line for each request that has ended; `undefined` if nobody wants them. */
  readonly onRequest: RequestListener | undefined
  /** Writes the lines that still wait, and closes the file. */
  close(): void
}

/** A log that is off: faults go to stderr as they are. */
const NO_LOG: Log = { onRequest: undefined, close() {} }

/**
 * Opens the log that the options ask for. From then on, what goes to `console.error` is part of it.
 *
 * @param login knows who has logged in. Default: nobody has to.
 */
export function openLog(flags: LogFlags, login?: Pick<Login, 'knows'>): Log | Problem {
  const kind = logFormat(flags, process.stderr.isTTY)
  if (kind === 'none') return NO_LOG
  const isJson = kind === 'json'
  const { logFile: path, trustProxy } = flags
  // Captured before: what goes wrong with the file is no part of it.
  const toConsole = { error: console.error, warn: console.warn }
  const opened =
    path === undefined ? undefined : openFile(path, (problem) => toConsole.error(`rangekit: ${problem}`))
  if (opened !== undefined && 'problem' in opened) return opened
  const file = opened?.file
  const lines =
    file === undefined
      ? new LineBuffer(toStderr, PIPE_BATCH)
      : new LineBuffer((text) => file.write(text), FILE_BATCH)
  const look: Look = {
    colour: file === undefined && hasColour(),
    shortTime: file === undefined && process.stderr.isTTY,
  }
  for (const level of ['error', 'warn'] as const) {
    console[level] = (...args: unknown[]) => {
      if (file !== undefined) toConsole[level](...args)
      const message = format(...args)
      const time = Date.now()
      lines.add(() => (isJson ? jsonMessage(time, level, message) : textMessage(time, level, message, look)))
    }
  }
  const write = (served: ServedRequest) => {
    if (isProbe(served.target) && served.status < 400) return
    lines.add(() => {
      const entry = requestEntry(served, trustProxy, login)
      return isJson ? jsonRequest(entry) : textRequest(entry, look)
    })
  }
  const flush = () => lines.flush()
  process.on('exit', flush)
  const onHangUp = file && reopenOnHangUp(file, flush)
  return {
    onRequest: () => write,
    close() {
      flush()
      Object.assign(console, toConsole)
      process.off('exit', flush)
      if (onHangUp !== undefined) process.off('SIGHUP', onHangUp)
      file?.close()
    },
  }
}

function openFile(path: string, report: (problem: string) => void): { readonly file: LogFile } | Problem {
  try {
    return { file: new LogFile(path, report) }
  } catch (error) {
    return { problem: `--log-file ${path} cannot be opened (${messageOf(error)})` }
  }
}

function toStderr(lines: string): void {
  process.stderr.write(lines)
}

/** Colours are for people, unless they say otherwise (no-color.org). */
function hasColour(): boolean {
  return process.stderr.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
}

/** logrotate sends a SIGHUP after it has moved a file. On a terminal it means that the terminal was closed. */
function reopenOnHangUp(file: LogFile, flush: () => void): (() => void) | undefined {
  if (process.stdin.isTTY) return undefined
  const onHangUp = () => {
    flush()
    file.reopenIfPossible()
  }
  process.on('SIGHUP', onHangUp)
  return onHangUp
}

/** A listener that calls several. */
export function allListeners(
  ...given: readonly (RequestListener | undefined)[]
): RequestListener | undefined {
  const listeners = given.filter((each) => each !== undefined)
  if (listeners.length <= 1) return listeners[0]
  return (served) => {
    const ends = listeners.map((listener) => listener(served))
    return (ended) => {
      for (const end of ends) end?.(ended)
    }
  }
}
