import { jsonText } from './escape.ts'
import { causeText, type RequestEntry } from './request-entry.ts'
import { hundredths, isoTime } from './timestamp.ts'

/**
 * One line of JSON for a request. Written by hand, which takes 1 µs: pino takes 10 µs and LogTape 7 µs for the same line,
 * a fifth of a small range, and neither escapes what reorders or hides text.
 */
export function jsonRequest({ served, client, target, range, user, cause }: RequestEntry): string {
  const { startedAt, method, httpVersion, status, bytesSent, length, duration, outcome } = served
  const end = target.indexOf('?')
  const path = end === -1 ? target : target.slice(0, end)
  let line = `{"time":"${isoTime(startedAt)}","level":"${cause === undefined ? 'info' : 'error'}","event":"request"`
  if (method !== undefined) {
    line += `,"method":${jsonText(method)},"path":${jsonText(path)}`
    if (end !== -1) line += `,"query":${jsonText(target.slice(end + 1))}`
    line += `,"protocol":"HTTP/${httpVersion}"`
  }
  line += `,"status":${status}`
  if (range !== undefined) line += `,"range":${jsonText(range)}`
  line += `,"bytes":${bytesSent}`
  if (length !== undefined) line += `,"length":${length}`
  line += `,"ms":${hundredths(duration)},"outcome":"${outcome?.kind}"`
  if (cause !== undefined) line += `,"cause":${jsonText(causeText(cause))}`
  line += `,"client":${jsonText(client.address)}`
  if (client.isSecure) line += ',"secure":true'
  if (user !== undefined) line += `,"user":${jsonText(user)}`
  return `${line}}\n`
}

/** One line of JSON for what else there is to say. */
export function jsonMessage(time: number, level: 'error' | 'warn', message: string): string {
  return `{"time":"${isoTime(time)}","level":"${level}","event":"message","message":${jsonText(message)}}\n`
}
