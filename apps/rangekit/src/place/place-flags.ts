import type { PlaceAddress } from './place-address.ts'

/** The options of the command that are about the place that is served. */
export interface PlaceFlags {
  readonly digests: boolean
  readonly index: boolean
  /** How many processes serve it. Default: 1. */
  readonly workers?: number
  /** Default: true for a folder. */
  readonly growing?: boolean
  /** Seconds. */
  readonly growTimeout?: number
  /** Bytes; 0 for no cache in memory. */
  readonly cacheMemory?: number
  readonly cacheDir?: string
  /** Bytes. */
  readonly cacheSize?: number
  readonly cacheStatus: boolean
  readonly s3Endpoint?: string
  readonly s3Region?: string
  readonly s3PathStyle?: boolean
  /** Fields of each request to the origin, by name. */
  readonly originHeader?: Readonly<Record<string, string>>
}

type Kind = PlaceAddress['kind']

const REMOTE: readonly Kind[] = ['bucket', 'origin', 'film']
const ALL: readonly Kind[] = ['folder', ...REMOTE]

const KINDS: Readonly<Record<keyof PlaceFlags, readonly Kind[]>> = {
  digests: ['folder'],
  index: ['folder', 'bucket'],
  workers: ALL,
  growing: ['folder'],
  growTimeout: ['folder'],
  cacheMemory: REMOTE,
  cacheDir: REMOTE,
  cacheSize: REMOTE,
  cacheStatus: REMOTE,
  s3Endpoint: ['bucket'],
  s3Region: ['bucket'],
  s3PathStyle: ['bucket'],
  originHeader: ['origin', 'film'],
}

const NOUNS: Readonly<Record<Kind, string>> = {
  folder: 'a folder',
  bucket: 'an S3 bucket',
  origin: 'an HTTP origin',
  film: 'a single film',
}

const FLAGS = Object.keys(KINDS) as readonly (keyof PlaceFlags)[]

/** What is wrong with the options for a kind of place; `undefined` if nothing is. */
export function flagProblem({ kind }: PlaceAddress, flags: PlaceFlags): string | undefined {
  const isSet = (flag: keyof PlaceFlags) => flags[flag] !== undefined && flags[flag] !== false
  const stray = FLAGS.find((flag) => isSet(flag) && !KINDS[flag].includes(kind))
  if (stray !== undefined) return `${optionOf(stray)} does not apply to ${NOUNS[kind]}`
  if (isSet('growTimeout') && flags.growing === false) return '--grow-timeout does not go with --no-growing'
  if (isSet('cacheSize') && !isSet('cacheDir')) return '--cache-size needs --cache-dir'
  if (flags.cacheStatus && flags.cacheMemory === 0 && !isSet('cacheDir')) {
    return '--cache-status needs a cache'
  }
  return undefined
}

/** `cacheDir` as it is typed: `--cache-dir`. */
function optionOf(flag: string): string {
  return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
