// The Worker itself over servers, with and without the Cache API: `/api/stream/s3-cached/…` is served from the bucket of
// an S3 server through the cache.
import worker, { type Env } from '../../src/index.ts'

interface Places {
  /** The variables for a bucket of an S3 server that checks signatures, as JSON. */
  readonly S3: string
  /** Those for a plain web server, which is like a public bucket. */
  readonly NGINX: string
}

/** The Worker has one app for each environment. */
const envs = new Map<string, Env>()

export default {
  async fetch(request: Request, { S3, NGINX }: Places): Promise<Response> {
    const [, , , cell = ''] = new URL(request.url).pathname.split('/')
    const [place, cached] = cell.split('-')
    const variables = JSON.parse(place === 's3' ? S3 : NGINX)
    const env: Env = envs.get(cell) ?? { ...variables, CACHE: cached === undefined ? 'off' : 'on' }
    envs.set(cell, env)
    return worker.fetch(request, env)
  },
}
