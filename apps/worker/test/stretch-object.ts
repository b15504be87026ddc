import { globSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Makes an object of a local bucket longer in place, by empty space and `marks`. To store a gibibyte through workerd
 * takes half a minute, most of it for an MD5 that nobody looks at.
 *
 * This knows how wrangler keeps its local buckets, and says so where that has changed.
 *
 * @param state a bucket that nothing runs on.
 */
export async function stretchObject(
  state: string,
  key: string,
  length: number,
  marks: ReadonlyMap<number, string>,
): Promise<void> {
  const [file] = globSync('**/r2/*BucketObject/[0-9a-f]*.sqlite', { cwd: state })
  if (file === undefined) throw new Error('The local bucket has its database elsewhere now')
  const database = new DatabaseSync(join(state, file))
  const row = database
    .prepare('UPDATE _mf_objects SET size = ? WHERE key = ? RETURNING blob_id')
    .get(length, key)
  database.close()

  const [blob] = globSync(`**/r2/*/blobs/${row?.['blob_id']}`, { cwd: state })
  if (blob === undefined) throw new Error('The local bucket has its blobs elsewhere now')
  const handle = await open(join(state, blob), 'r+')
  await handle.truncate(length)
  for (const [position, text] of marks) await handle.write(text, position)
  await handle.close()
}
