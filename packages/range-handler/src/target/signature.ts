/** HMAC-SHA-256 as 43 characters of base64url (RFC 4648 §5), without padding. */

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' } as const

/** The signature of a message. */
export async function sign(message: string, secret: string): Promise<string> {
  return toBase64Url(await crypto.subtle.sign(ALGORITHM, await importKey(secret), encode(message)))
}

/**
 * Whether one of some secrets signed a message. Web Crypto compares in constant time.
 *
 * @param signature as the client sent it. Only the canonical spelling is accepted: its last character has two unused
 * bits.
 */
export async function isSignature(
  signature: string,
  message: string,
  secrets: readonly string[],
): Promise<boolean> {
  const bytes = fromBase64Url(signature)
  if (bytes === undefined || toBase64Url(bytes.buffer) !== signature) return false
  for (const secret of secrets) {
    if (await crypto.subtle.verify(ALGORITHM, await importKey(secret), bytes, encode(message))) return true
  }
  return false
}

function encode(message: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(message)
}

const keys = new Map<string, Promise<CryptoKey>>()

/** The keys of all secrets in use. They come from the server's configuration, so there are few. */
function importKey(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret)
  if (key === undefined) {
    key = crypto.subtle.importKey('raw', encode(secret), ALGORITHM, false, ['sign', 'verify'])
    keys.set(secret, key)
  }
  return key
}

function toBase64Url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    )
  } catch {
    return undefined
  }
}
