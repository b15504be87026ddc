import type { Dirent } from 'node:fs'
import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A file that is too large to send through workerd: a copy of it, and an object that stands in for it. */
export interface LargeObject {
  readonly key: string
  /** A file next to the bucket, on the same file system. */
  readonly copy: string
  readonly size: number
  /** The version of the file, and the content of the object so far. */
  readonly version: string
}

/**
 * Puts the copies in the place of the objects that stand in for them. To send a gibibyte through workerd takes half a
 * minute, and fills the holes of a sparse file.
 *
 * This knows how wrangler stores local buckets: a table of objects, and their content in files named in it. Nothing
 * is touched unless every object is found there with the content that it was given.
 *
 * @param state a bucket that no Worker is running on.
 * @returns false where wrangler stores them in another way.
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
    // An ETag of 32 digits would be an MD5 of the content; with a count of parts, R2 does not claim that.
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
