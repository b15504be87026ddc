import type { TransferBegun, TransferProgress, TransfersMessage } from '../../src/inspect/protocol.ts'

/** The message of a transfer of a file of 1000 bytes, by default of all of it. */
export function message(
  id: string,
  begun: Partial<TransferBegun> = {},
  progress: Partial<TransferProgress> = {},
): TransfersMessage {
  const ranges = begun.ranges ?? [[0, 999]]
  return {
    begun: [
      {
        id,
        key: 'film.mp4',
        method: 'GET',
        status: 206,
        fields: { Range: 'bytes=0-' },
        answer: { ETag: '"1"', 'Content-Type': 'video/mp4' },
        ranges,
        length: ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0),
        completeLength: 1000,
        startedAt: 0,
        ...begun,
      },
    ],
    progress: [{ id, duration: 0, bytesSent: 0, ...progress }],
  }
}
