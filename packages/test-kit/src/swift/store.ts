import { ACCOUNT, SECRET, USER } from './config.ts'

/** Access to the bucket through Swift's own API, which shares no signature with what is tested. */
export interface SwiftStore {
  /**
   * Stores an object, with field values such as `Content-Type` or `X-Object-Meta-Name`. It is last modified at
   * `X-Timestamp`, in seconds since 1970. Default: now.
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer> | string, fields?: Record<string, string>): Promise<void>
  /** Deletes an object, if there is one. */
  remove(key: string): Promise<void>
  /** Deletes all objects. */
  clear(): Promise<void>
}

/** Creates the bucket. */
export async function openStore(endpoint: string, bucket: string): Promise<SwiftStore> {
  const login = await fetch(`${endpoint}/auth/v1.0`, {
    headers: { 'X-Auth-User': `${ACCOUNT}:${USER}`, 'X-Auth-Key': SECRET },
  })
  const token = login.headers.get('X-Auth-Token')
  if (token === null) throw new Error(`Swift does not let the test user in: ${login.status}`)
  const container = `${endpoint}/v1/AUTH_${ACCOUNT}/${bucket}`
  const ask = async (method: string, key: string, rest: RequestInit = {}): Promise<string> => {
    const path = key.split('/').map(encodeURIComponent).join('/')
    const headers = { ...rest.headers, 'X-Auth-Token': token }
    const response = await fetch(`${container}/${path}`, { ...rest, method, headers })
    const text = await response.text()
    if (response.ok || (method === 'DELETE' && response.status === 404)) return text
    throw new Error(`Swift answers ${response.status} to ${method} ${key}: ${text}`)
  }
  const remove = async (key: string) => {
    await ask('DELETE', key)
  }
  await ask('PUT', '')
  return {
    async put(key, bytes, fields = {}) {
      await ask('PUT', key, { body: bytes, headers: fields })
    },
    remove,
    async clear() {
      const names = (await ask('GET', '')).split('\n').filter(Boolean)
      await Promise.all(names.map(remove))
    },
  }
}
