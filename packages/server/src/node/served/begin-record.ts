import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { aborted } from '@rangekit/range-handler'
import type { RequestListener } from '../../served.ts'
import { connectionOf } from '../connection/connection.ts'
import { ServedRecord } from './served-record.ts'

/**
 * Makes the record of a request of `node:http` that has just arrived.
 *
 * @param listener Default: nobody listens, and there is no record.
 */
export function beginRecord(
  listener: RequestListener | undefined,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): ServedRecord | undefined {
  if (listener === undefined) return undefined
  const { client, onClose } = connectionOf(incoming.socket)
  const record = new ServedRecord(listener, client, incoming)
  if (outgoing.socket === null) {
    // It waits for earlier responses, and may never have its turn.
    const leave = () => record.end(aborted())
    onClose.add(leave)
    outgoing.once('socket', () => onClose.delete(leave))
  }
  return record
}

/** Records what was refused because it is not a valid request. */
export function recordRefusal(listener: RequestListener, socket: Socket, status: number): void {
  new ServedRecord(listener, connectionOf(socket).client).refuse(status)
}
