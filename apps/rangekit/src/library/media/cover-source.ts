import { mediaType } from '@rangekit/media-type'
import type { RangeSource, Representation } from '@rangekit/range-core'
import { blobSource } from '@rangekit/range-handler'
import { kindOf } from '../kind.ts'
import type { Library } from '../library.ts'
import { keyIn, splitKey } from '../paths.ts'
import { etagOf } from '../text-response.ts'
import { wholeFiles } from '../whole-files.ts'
import type { MediaStore } from './media-store.ts'
import { PICTURE_TYPES } from './picture.ts'

/** Larger pictures are not served: a list loads many. */
const MAX_BYTES = 16 * 1024 * 1024
const FIELDS = { 'Content-Security-Policy': "sandbox; default-src 'none'" } as const

/** The key of the picture file that belongs to a video or audio file, if there is one. */
export async function sidecarPicture(library: Library, key: string): Promise<string | undefined> {
  const { folder, name } = splitKey(key)
  const picture = (await library.folder(folder))?.sidecars.pictureOf({ name, kind: kindOf(mediaType(key)) })
  return picture === undefined ? undefined : keyIn(folder, picture)
}

/**
 * The covers of media files, by the key of the file: the picture file next to it, or else the picture in it. Only types that
 * cannot contain scripts are served.
 */
export function coverSource(library: Library, source: RangeSource, store: MediaStore): RangeSource {
  const files = wholeFiles(source)

  async function openSidecar(key: string): Promise<Representation | undefined> {
    const sidecar = await sidecarPicture(library, key)
    const file = sidecar === undefined ? undefined : await files.open(sidecar)
    if (file === undefined) return undefined
    const isPicture = PICTURE_TYPES.some((type) => type === file.contentType)
    if (isPicture && file.completeLength <= MAX_BYTES) return withFields(file)
    await file.close()
    return undefined
  }

  return {
    async open(key, options) {
      const file = await openSidecar(key)
      if (file !== undefined) return file
      const picture = await store.picture(key, options?.signal)
      if (picture === undefined) return undefined
      const { bytes, contentType } = picture
      const opened = await blobSource(() => ({ data: bytes, contentType, etag: etagOf(bytes) })).open(key)
      return opened && withFields(opened)
    },
  }
}

/** The same representation with our fields: its own properties may be getters of a prototype. */
function withFields(file: Representation): Representation {
  return {
    completeLength: file.completeLength,
    contentType: file.contentType,
    etag: file.etag,
    lastModified: file.lastModified,
    cacheControl: file.cacheControl,
    fields: FIELDS,
    read: (range, options) => file.read(range, options),
    close: () => file.close(),
  }
}
