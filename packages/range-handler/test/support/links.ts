import { type VerifyOptions, verifySignedUrl } from '../../src/target/signed-url.ts'

/** What tests of signed links sign with, and when. */
export const secret = 'a long and random text that nobody guesses'
export const now = Date.parse('2026-01-01T00:00:00Z')
export const origin = 'http://localhost'

/** Whether a link is valid at that time, for a method. A path is completed with the origin. */
export const verify = (url: string, method = 'GET', options: Partial<VerifyOptions> = {}) =>
  verifySignedUrl(
    { url: url.startsWith('/') ? origin + url : url, method },
    { secrets: [secret], now, ...options },
  )
