import { s3Source } from '@rangekit/http-source/s3'
import { r2Source } from '@rangekit/r2-source'
import type { RangeSource } from '@rangekit/range-core'
import type { Env, S3Env } from './env.ts'

const S3_NAMES = [
  'S3_BUCKET',
  'S3_ENDPOINT',
  'S3_REGION',
  'S3_PREFIX',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
] as const satisfies readonly (keyof S3Env)[]

/** A source, and what names it in a cache that outlives the Worker. */
export interface Media {
  readonly source: RangeSource
  readonly scope: string
}

/**
 * The source that an environment describes: a bucket of an S3 server, or else the R2 bucket that is bound.
 *
 * @throws TypeError if a variable is empty, missing or wrong: half of a configuration must not serve another bucket than
 *   was meant, or ask without credentials that were meant to be used.
 */
export function mediaSource(env: Env): Media {
  const named = S3_NAMES.filter((name) => env[name] !== undefined)
  const empty = named.find((name) => env[name]?.trim() === '')
  if (empty !== undefined) throw new TypeError(`${empty} is empty`)
  if (env.S3_BUCKET !== undefined) return bucketSource(env.S3_BUCKET, env)
  const [stray] = named
  if (stray !== undefined) throw new TypeError(`${stray} is set, but S3_BUCKET is not`)
  if (env.MEDIA === undefined) throw new TypeError('Neither the binding MEDIA nor S3_BUCKET is set')
  return { source: r2Source(env.MEDIA), scope: 'r2' }
}

function bucketSource(bucket: string, env: S3Env): Media {
  const { S3_ENDPOINT: endpoint, S3_REGION: region, S3_PREFIX: prefix } = env
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env
  if (accessKeyId === undefined && secretAccessKey !== undefined) {
    throw new TypeError('S3_SECRET_ACCESS_KEY is set, but S3_ACCESS_KEY_ID is not')
  }
  if (accessKeyId !== undefined && secretAccessKey === undefined) {
    throw new TypeError('S3_ACCESS_KEY_ID is set, but S3_SECRET_ACCESS_KEY is not')
  }
  const source = s3Source({
    bucket,
    endpoint,
    region,
    ...(prefix !== undefined && { prefix: prefix.endsWith('/') ? prefix : `${prefix}/` }),
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { accessKeyId, secretAccessKey },
  })
  return { source, scope: JSON.stringify(['s3', endpoint ?? '', region ?? '', bucket, prefix ?? '']) }
}
