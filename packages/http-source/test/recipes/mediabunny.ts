import { ALL_FORMATS, CustomSource, Input } from 'mediabunny'
import type { RemoteFile } from '../../src/index.ts'

/** A film or a recording in a remote file. */
export function openMedia(file: RemoteFile): Input {
  const source = new CustomSource({
    getSize: () => file.size,
    read: (start, end) => file.slice(start, end).bytes(),
    prefetchProfile: 'network',
  })
  return new Input({ source, formats: ALL_FORMATS })
}
