import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { parseSections, type Sections } from './ini.ts'

/** Which settings are read. */
export interface AwsOptions {
  /**
   * The profile, by its name in `~/.aws`. The credentials of the environment are ignored then, as by the command line of
   * AWS. Default: `AWS_PROFILE`, or `default`.
   */
  readonly profile?: string | undefined
}

/** A profile, from both files. */
export interface Profile {
  readonly name: string
  /** What the file of credentials says comes before what the other one says. */
  readonly values: ReadonlyMap<string, string>
}

/**
 * Reads a profile from the files that `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE` name, or from those in `~/.aws`.
 *
 * @throws Error if it was asked for by name and is in neither.
 */
export async function readProfile(options: AwsOptions): Promise<Profile> {
  const wanted = options.profile ?? variable('AWS_PROFILE')
  const name = wanted ?? 'default'
  const [config, credentials] = await Promise.all([
    readSections('AWS_CONFIG_FILE', 'config'),
    readSections('AWS_SHARED_CREDENTIALS_FILE', 'credentials'),
  ])
  const found = [
    name === 'default' ? config.get(name) : undefined,
    config.get(`profile ${name}`),
    credentials.get(name),
  ].filter((section) => section !== undefined)
  if (wanted !== undefined && found.length === 0) throw new Error(`There is no AWS profile "${name}"`)
  return { name, values: new Map(found.flatMap((section) => [...section])) }
}

/** A variable of the environment; an empty one is as good as none. */
export function variable(name: string): string | undefined {
  return env[name] || undefined
}

async function readSections(place: string, name: string): Promise<Sections> {
  const path = variable(place) ?? join(homedir(), '.aws', name)
  try {
    return parseSections(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map()
    throw error
  }
}
