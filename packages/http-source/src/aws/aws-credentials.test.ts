import { join } from 'node:path'
import { makeFolder } from '@rangekit/test-kit/folder'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { awsCredentials, awsEndpoint, awsRegion } from './aws-credentials.ts'

const folder = makeFolder()
afterAll(() => folder.remove())

/** Sets the environment to these variables and no others of AWS, with these files in `~/.aws`. */
function given({ config = '', credentials = '', ...variables }: Record<string, string>): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  folder.put('home/.aws/config', config)
  folder.put('home/.aws/credentials', credentials)
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}

beforeEach(() => void vi.stubEnv('HOME', folder.at('home')))
afterEach(() => void vi.unstubAllEnvs())

const KEYS = { AWS_ACCESS_KEY_ID: 'id-env', AWS_SECRET_ACCESS_KEY: 'secret-env' }
const credentials = `
# A comment = not a value
[default]
aws_access_key_id = id-default
aws_secret_access_key=a/b+c=#d"e" # not a part of it
[other]\r
AWS_Access_Key_ID = id-other\r
aws_secret_access_key = secret-other\r
aws_session_token = token==\r
`
const config = `
[default]
region = eu-west-1
s3 =
  endpoint_url = http://nested.example
[profile other]
region = eu-north-1
endpoint_url = https://store.example:9000
; aws_access_key_id = id-old
aws_access_key_id = id-shadowed
`

describe('credentials', () => {
  it('are those of the environment', async () => {
    given({ credentials, ...KEYS, AWS_SESSION_TOKEN: 'token-env', AWS_PROFILE: 'missing' })
    expect(await awsCredentials()()).toEqual({
      accessKeyId: 'id-env',
      secretAccessKey: 'secret-env',
      sessionToken: 'token-env',
    })
  })

  it('are else those of the default profile', async () => {
    given({ credentials, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' })
    expect(await awsCredentials()()).toEqual({
      accessKeyId: 'id-default',
      secretAccessKey: 'a/b+c=#d"e"',
      sessionToken: undefined,
    })
  })

  it.each([
    ['AWS_PROFILE', {}, { AWS_PROFILE: 'other' }],
    ['an option, which comes before the environment', { profile: 'other' }, KEYS],
  ])('are those of the profile that is named by %s', async (_, options, variables) => {
    given({ config, credentials, ...variables })
    expect(await awsCredentials(options)()).toEqual({
      accessKeyId: 'id-other',
      secretAccessKey: 'secret-other',
      sessionToken: 'token==',
    })
  })

  it('may be in the other file, or in files elsewhere', async () => {
    given({ config: '[default]\naws_access_key_id=a\naws_secret_access_key=b\n' })
    expect(await awsCredentials()()).toMatchObject({ accessKeyId: 'a', secretAccessKey: 'b' })
    given({
      AWS_SHARED_CREDENTIALS_FILE: folder.put('mine', credentials),
      AWS_CONFIG_FILE: join(folder.path, 'nowhere'),
    })
    expect(await awsCredentials()()).toMatchObject({ accessKeyId: 'id-default' })
  })

  it('may be missing', async () => {
    given({ config: '[default]\nregion = eu-west-1' })
    expect(await awsCredentials()()).toBeUndefined()
  })

  it('are read again after a minute', async () => {
    given(KEYS)
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    const get = awsCredentials()
    await get()
    given({ credentials })
    now.mockReturnValue(59_999)
    expect(await get()).toMatchObject({ accessKeyId: 'id-env' })
    now.mockReturnValue(60_000)
    expect(await get()).toMatchObject({ accessKeyId: 'id-default' })
    now.mockRestore()
  })

  it('are read again after they could not be read', async () => {
    given({ AWS_ACCESS_KEY_ID: 'a' })
    const get = awsCredentials()
    await expect(get()).rejects.toThrow('no secret')
    given({ credentials })
    expect(await get()).toMatchObject({ accessKeyId: 'id-default' })
  })

  it.each([
    ['There is no AWS profile "missing"', { AWS_PROFILE: 'missing', credentials }],
    ['The environment has an access key ID, but no secret', { AWS_ACCESS_KEY_ID: 'a' }],
    ['The environment has a secret access key, but no access key ID', { AWS_SECRET_ACCESS_KEY: 'a' }],
    ['The AWS profile "default" has an access key ID, but', { config: '[default]\naws_access_key_id=a' }],
    [
      'from credential_process, which is not supported',
      { config: '[default]\ncredential_process = /bin/get' },
    ],
    ['from sso_session, which is not supported', { config: '[default]\nsso_session = mine' }],
    ['from role_arn, which is not supported', { config: '[default]\nrole_arn = arn:aws:iam::1:role/a' }],
    ['from AWS_WEB_IDENTITY_TOKEN_FILE are not supported', { AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }],
  ])('are missing for a reason: %s', async (message, environment) => {
    given(environment)
    await expect(awsCredentials()()).rejects.toThrow(message)
  })
})

describe('region and endpoint', () => {
  it('are those of the environment', async () => {
    given({ config, AWS_DEFAULT_REGION: 'eu-a', AWS_ENDPOINT_URL: 'http://a.example' })
    expect([await awsRegion(), await awsEndpoint()]).toEqual(['eu-a', 'http://a.example'])
    given({
      config,
      AWS_REGION: 'eu-b',
      AWS_DEFAULT_REGION: 'eu-a',
      AWS_ENDPOINT_URL: 'http://a.example',
      AWS_ENDPOINT_URL_S3: 'http://b.example',
    })
    expect([await awsRegion(), await awsEndpoint()]).toEqual(['eu-b', 'http://b.example'])
  })

  it('are else those of the profile', async () => {
    given({ config })
    expect([await awsRegion(), await awsEndpoint()]).toEqual(['eu-west-1', undefined])
    const profile = { profile: 'other' }
    expect([await awsRegion(profile), await awsEndpoint(profile)]).toEqual([
      'eu-north-1',
      'https://store.example:9000',
    ])
  })
})
