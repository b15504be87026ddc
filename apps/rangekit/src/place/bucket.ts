import { awsCredentials, awsEndpoint, awsRegion } from '@rangekit/http-source/aws'
import { type S3Options, s3Bucket } from '@rangekit/http-source/s3'
import type { RangeSource } from '@rangekit/range-core'
import { bucketReader } from './bucket-reader.ts'
import { originFault, originProblem, TRY_MS } from './origin-problem.ts'
import type { Place, Problem } from './place.ts'
import type { PlaceAddress } from './place-address.ts'
import type { PlaceFlags } from './place-flags.ts'
import { onlyFile, surveyOf } from './single-film.ts'

type BucketAddress = PlaceAddress & { readonly kind: 'bucket' }

/** A search looks into few folders: each is a request, or several. */
const SEARCH = { maxDepth: 8, maxFolders: 50, maxEntries: 100_000 }

/** Statuses of AWS for a bucket that is in another region. */
const ELSEWHERE = new Set<number | undefined>([301, 307, 400])
const NO_CREDENTIALS =
  'needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in AWS_PROFILE'

/** A bucket of an S3 server, or what is below a prefix of it, as a place. */
export async function openBucket(address: BucketAddress, flags: PlaceFlags): Promise<Place | Problem> {
  const { bucket, prefix } = address
  const name = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`
  const credentials = awsCredentials()
  let isSigned = false
  try {
    isSigned = (await credentials()) !== undefined
    const options = { ...(await locationOf(address, flags)), credentials }
    const film = await look(options, prefix)
    const scope = [options.endpoint ?? '', options.region ?? '', name].join(' ')
    if (film !== undefined) return { ...film, scope }
    const opened = s3Bucket({ ...options, ...(prefix !== '' && { prefix }) })
    return {
      name,
      scope,
      source: opened.source,
      isRemote: true,
      reader: bucketReader(opened),
      search: SEARCH,
      survey: async () => ({ holds: 'an S3 bucket', hint: 'open the page' }),
    }
  } catch (error) {
    return { problem: problemOf(name, error, isSigned) }
  }
}

async function locationOf({ bucket }: BucketAddress, flags: PlaceFlags) {
  const { s3Endpoint, s3Region, s3PathStyle } = flags
  const endpoint = s3Endpoint ?? (await awsEndpoint())
  const region = s3Region ?? (await awsRegion())
  return { bucket, endpoint, region, pathStyle: s3PathStyle } satisfies S3Options
}

/**
 * Asks for one entry, so that a bucket that cannot be listed is noticed, and not more: it may be huge.
 *
 * @returns the place of an object, if the prefix names one.
 */
async function look(options: S3Options, prefix: string): Promise<Omit<Place, 'scope'> | undefined> {
  const { source, list } = s3Bucket(options)
  const signal = AbortSignal.timeout(TRY_MS)
  const { objects, folders, next } = await list({ prefix, delimiter: '/', limit: 1, signal })
  const isEmpty = objects.length + folders.length === 0 && next === undefined
  return isEmpty && prefix !== ''
    ? objectPlace(options.bucket, source, prefix.slice(0, -1), signal)
    : undefined
}

async function objectPlace(bucket: string, source: RangeSource, key: string, signal: AbortSignal) {
  const object = await source.open(key, { signal })
  if (object === undefined) return undefined
  await object.close()
  const film = key.slice(key.lastIndexOf('/') + 1)
  return {
    name: `s3://${bucket}/${key}`,
    source: onlyFile(film, source, key),
    isRemote: true,
    film,
    survey: surveyOf(film),
  }
}

function problemOf(name: string, error: unknown, isSigned: boolean): string {
  const fault = originFault(error)
  if (fault === undefined) return originProblem(name, error)
  const { status } = fault
  if (status === 404) return `there is no bucket ${name}`
  // Not every store answers with 403.
  if (status !== undefined && status < 500 && !isSigned) return `${name} ${NO_CREDENTIALS}`
  if (fault.fault === 'refused') return `${name} refuses the credentials (${status})`
  if (ELSEWHERE.has(status)) return `${name} answers with ${status}; name its region with --s3-region`
  return originProblem(name, error)
}
