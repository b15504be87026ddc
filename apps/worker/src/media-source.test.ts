import { describe, expect, it } from 'vitest'
import type { Env } from './env.ts'
import worker from './index.ts'
import { mediaSource } from './media-source.ts'

const BINDING = {} as NonNullable<Env['MEDIA']>
const KEYS = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' }

describe('what the Worker serves', () => {
  it.each<[string, Env]>([
    ['the binding', { MEDIA: BINDING }],
    ['a bucket of AWS', { S3_BUCKET: 'films', S3_REGION: 'eu-central-1', ...KEYS }],
    [
      'a bucket elsewhere, in place of the binding',
      { MEDIA: BINDING, S3_BUCKET: 'films', S3_ENDPOINT: 'http://a' },
    ],
    ['what is below a prefix', { S3_BUCKET: 'films', S3_PREFIX: '2024', ...KEYS }],
  ])('may be %s', (_, env) => {
    expect(mediaSource(env).source.open).toBeTypeOf('function')
  })

  it.each<[string, Env]>([
    ['Neither the binding MEDIA nor S3_BUCKET is set', {}],
    ['S3_BUCKET is empty', { MEDIA: BINDING, S3_BUCKET: '' }],
    ['S3_REGION is empty', { S3_BUCKET: 'films', S3_REGION: ' ' }],
    ['S3_ENDPOINT is set, but S3_BUCKET is not', { MEDIA: BINDING, S3_ENDPOINT: 'https://a' }],
    ['S3_ACCESS_KEY_ID is set, but S3_BUCKET is not', { MEDIA: BINDING, ...KEYS }],
    ['S3_ACCESS_KEY_ID is set, but S3_SECRET_ACCESS_KEY is not', { S3_BUCKET: 'a', S3_ACCESS_KEY_ID: 'id' }],
    [
      'S3_SECRET_ACCESS_KEY is set, but S3_ACCESS_KEY_ID is not',
      { S3_BUCKET: 'a', S3_SECRET_ACCESS_KEY: 's' },
    ],
    ['endpoint', { S3_BUCKET: 'films', S3_ENDPOINT: 'ftp://a', ...KEYS }],
    ['bucket', { S3_BUCKET: 'a/b', ...KEYS }],
    ['prefix', { S3_BUCKET: 'films', S3_PREFIX: '../x', ...KEYS }],
  ])('cannot be told from half of a configuration: %s', (problem, env) => {
    expect(() => mediaSource(env)).toThrow(problem)
  })
})

describe('the Worker', () => {
  it.each<[string, Env]>([
    ['S3_BUCKET is empty', { MEDIA: BINDING, S3_BUCKET: '' }],
    ['SIGNING_SECRETS is empty', { MEDIA: BINDING, SIGNING_SECRETS: ' ' }],
  ])('answers with 500 and logs the reason if its configuration is wrong: %s', async (problem, env) => {
    const lines: unknown[] = []
    const { error } = console
    console.error = (line: unknown) => lines.push(line)
    const request = () => worker.fetch(new Request('http://localhost/api/stream/film.mp4'), env)
    const responses = [await request(), await request()]
    console.error = error
    expect(responses.map(({ status }) => status)).toEqual([500, 500])
    expect(await responses[0]?.text()).not.toContain(problem)
    expect(lines).toEqual(Array(2).fill(`rangekit: ${problem}; nothing is served`))
  })
})
