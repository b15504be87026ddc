import { encodeStrictly } from './encode.ts'

/** Content-Disposition that saves a response under a name (6266 §4). */
export function downloadAs(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const field = `attachment; filename="${plain}"`
  return plain === name ? field : `${field}; filename*=UTF-8''${encodeStrictly(name)}`
}
