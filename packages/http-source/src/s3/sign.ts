import { AwsV4Signer } from 'aws4fetch'
import type { OriginRequest } from '../origin/origin-options.ts'
import { DEFAULT_REGION, type S3Credentials, type S3Signing } from './s3-options.ts'

/** SHA-256 of no bytes: the requests have no content. */
const NO_CONTENT = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
/** Keys are derived once a day, for each of the credentials. */
const MAX_DERIVED = 16

/** Signs requests by AWS Signature Version 4. */
export class S3Signer {
  readonly #region: string
  readonly #credentials: S3Signing['credentials']
  readonly #derived = new Map<string, ArrayBuffer>()

  constructor({ region = DEFAULT_REGION, credentials }: S3Signing) {
    this.#region = region
    this.#credentials = credentials
  }

  /**
   * Signs a request's method, URL and fields. Fields that are set afterwards do not break the signature.
   *
   * @param request its path is strictly encoded: some servers compare it as it was sent, not by what it means.
   */
  async sign(request: OriginRequest): Promise<OriginRequest> {
    const credentials = await this.#current()
    if (credentials === undefined) return request
    const { method, url } = request
    const headers = { ...request.headers, 'x-amz-content-sha256': NO_CONTENT }
    const signed = await this.#signer(credentials, { method, url, headers }).sign()
    return { ...request, headers: Object.fromEntries(signed.headers) }
  }

  /**
   * Makes a URL with which anyone can get what it names.
   *
   * @param expiresIn seconds.
   * @throws TypeError if there are no credentials.
   */
  async presign(url: string, expiresIn: number): Promise<string> {
    const credentials = await this.#current()
    if (credentials === undefined) throw new TypeError('A URL cannot be signed without credentials')
    const expiring = new URL(url)
    expiring.searchParams.set('X-Amz-Expires', String(expiresIn))
    const signer = this.#signer(credentials, { method: 'GET', url: expiring.href, signQuery: true })
    const signature = await signer.signature()
    // As it was signed: a URL writes a space as `+`, which not every server reads as one.
    return `${signer.url.origin}${signer.encodedPath}?${signer.encodedSearch}&X-Amz-Signature=${signature}`
  }

  async #current(): Promise<S3Credentials | undefined> {
    return typeof this.#credentials === 'function' ? await this.#credentials() : this.#credentials
  }

  #signer(
    { accessKeyId, secretAccessKey, sessionToken }: S3Credentials,
    request: Pick<ConstructorParameters<typeof AwsV4Signer>[0], 'method' | 'url' | 'headers' | 'signQuery'>,
  ): AwsV4Signer {
    if (this.#derived.size >= MAX_DERIVED) this.#derived.clear()
    return new AwsV4Signer({
      ...request,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      service: 's3',
      region: this.#region,
      cache: this.#derived,
    })
  }
}
