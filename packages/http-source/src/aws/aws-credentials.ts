import type { S3Credentials } from '../s3/s3-options.ts'
import { type AwsOptions, type Profile, readProfile, variable } from './profile.ts'

/** Settings of a profile, and variables of the environment, by which credentials come from elsewhere. */
const ELSEWHERE = [
  'credential_process',
  'sso_session',
  'sso_start_url',
  'role_arn',
  'web_identity_token_file',
]
const ELSEWHERE_VARIABLES = [
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
]
const ADVICE =
  'export them to the environment, as `aws configure export-credentials --format env` prints them'

/** In milliseconds. */
const KEEP_FOR = 60_000

/**
 * Credentials of the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), or else those of a
 * profile in `~/.aws/credentials` or `~/.aws/config`.
 *
 * They are read when they are asked for, and again after a minute, as tools renew temporary ones in the files. Single
 * sign-on, roles, `credential_process` and the services of machines and containers are not supported.
 *
 * @returns for the option `credentials` of `s3Source`: `undefined` if there are none. It rejects if there is no profile
 *   of that name, if half of the credentials is missing, or if they come from where they are not read.
 * @example
 * const source = s3Source({ bucket: 'films', region: await awsRegion(), credentials: awsCredentials() })
 */
export function awsCredentials(options: AwsOptions = {}): () => Promise<S3Credentials | undefined> {
  let found: Promise<S3Credentials | undefined> | undefined
  let until = 0
  return () => {
    const now = performance.now()
    if (found !== undefined && now < until) return found
    const reading = findCredentials(options)
    found = reading
    until = now + KEEP_FOR
    reading.catch(() => {
      if (found === reading) found = undefined
    })
    return reading
  }
}

/**
 * The region of the environment (`AWS_REGION`, `AWS_DEFAULT_REGION`), or else that of a profile.
 *
 * @returns for the option `region` of `s3Source`.
 * @throws Error if there is no profile of that name.
 */
export async function awsRegion(options: AwsOptions = {}): Promise<string | undefined> {
  return (
    variable('AWS_REGION') ??
    variable('AWS_DEFAULT_REGION') ??
    (await readProfile(options)).values.get('region')
  )
}

/**
 * The endpoint of the environment (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`), or else the `endpoint_url` of a profile.
 *
 * @returns for the option `endpoint` of `s3Source`: `undefined` for AWS itself.
 * @throws Error if there is no profile of that name.
 */
export async function awsEndpoint(options: AwsOptions = {}): Promise<string | undefined> {
  return (
    variable('AWS_ENDPOINT_URL_S3') ??
    variable('AWS_ENDPOINT_URL') ??
    (await readProfile(options)).values.get('endpoint_url')
  )
}

async function findCredentials(options: AwsOptions): Promise<S3Credentials | undefined> {
  const accessKeyId = variable('AWS_ACCESS_KEY_ID')
  const secretAccessKey = variable('AWS_SECRET_ACCESS_KEY')
  if (options.profile === undefined && (accessKeyId !== undefined || secretAccessKey !== undefined)) {
    return pair('The environment', accessKeyId, secretAccessKey, variable('AWS_SESSION_TOKEN'))
  }
  return profileCredentials(await readProfile(options))
}

function profileCredentials({ name, values }: Profile): S3Credentials | undefined {
  const accessKeyId = values.get('aws_access_key_id')
  const secretAccessKey = values.get('aws_secret_access_key')
  if (accessKeyId !== undefined || secretAccessKey !== undefined) {
    return pair(`The AWS profile "${name}"`, accessKeyId, secretAccessKey, values.get('aws_session_token'))
  }
  const setting = ELSEWHERE.find((setting) => values.has(setting))
  if (setting !== undefined) {
    throw new Error(
      `The AWS profile "${name}" has its credentials from ${setting}, which is not supported: ${ADVICE}`,
    )
  }
  const place = ELSEWHERE_VARIABLES.find((name) => variable(name) !== undefined)
  if (place !== undefined) {
    throw new Error(`Credentials from ${place} are not supported: ${ADVICE}`)
  }
  return undefined
}

function pair(
  place: string,
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): S3Credentials {
  if (!accessKeyId) throw new Error(`${place} has a secret access key, but no access key ID`)
  if (!secretAccessKey) throw new Error(`${place} has an access key ID, but no secret access key`)
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined }
}
