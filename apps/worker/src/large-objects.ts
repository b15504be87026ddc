import type { Dirent } from 'node:fs'
import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A file that is too large to send through workerd: a copy of it, and the placeholder object in the bucket. */
export interface LargeObject {
  readonly key: string
  /** The path of the copy, on the same file system as the bucket. */
  readonly copy: string
  /** In bytes. */
  readonly size: number
  /** The version of the file, which is also the content of the placeholder. */
  readonly version: string
}

/**
 * Replaces the placeholder objects by the copies, within the bucket's files. Sending a gibibyte through workerd takes
 * half a minute, and fills the holes of a sparse file.
 *
 * This relies on how wrangler stores local buckets: a table of objects, and their content in files that it names.
 * Nothing is changed unless every placeholder is found there with its content.
 *
 * @param state the folder of a bucket that no Worker is using.
 * @returns false where wrangler stores buckets in another way.
 */
export async function placeObjects(state: string, objects: readonly LargeObject[]): Promise<boolean> {
  if (objects.length === 0) return true
  const files = (await readdir(state, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  )
  const database = openBucket(files)
  if (database === undefined) return false
  try {
    const blobs = await findBlobs(database, files, objects)
    if (blobs === undefined) return false
    for (const [blob, { copy }] of blobs) await rename(copy, blob)
    // An ETag of 32 digits claims to be the MD5 of the content. With a number of parts, as after a multipart upload, it
    // does not.
    const update = database.prepare("UPDATE _mf_objects SET size = ?, etag = etag || '-1' WHERE key = ?")
    database.exec('BEGIN')
    for (const { key, size } of objects) update.run(size, key)
    database.exec('COMMIT')
    return true
  } finally {
    database.close()
  }
}

function openBucket(files: readonly Dirent[]): DatabaseSync | undefined {
  for (const { name, parentPath } of files) {
    if (!name.endsWith('.sqlite')) continue
    const database = new DatabaseSync(join(parentPath, name))
    const columns = database.prepare("SELECT name FROM pragma_table_info('_mf_objects')").all()
    const names = columns.map((column) => column['name'])
    if (['key', 'blob_id', 'size', 'etag'].every((column) => names.includes(column))) return database
    database.close()
  }
  return undefined
}

async function findBlobs(
  database: DatabaseSync,
  files: readonly Dirent[],
  objects: readonly LargeObject[],
): Promise<Map<string, LargeObject> | undefined> {
  const paths = new Map(files.map(({ name, parentPath }) => [name, join(parentPath, name)]))
  const select = database.prepare('SELECT blob_id FROM _mf_objects WHERE key = ?')
  const blobs = new Map<string, LargeObject>()
  for (const object of objects) {
    const blob = paths.get(String(select.get(object.key)?.['blob_id']))
    if (blob === undefined || (await readFile(blob, 'utf8')) !== object.version) return undefined
    blobs.set(blob, object)
  }
  return blobs
}
