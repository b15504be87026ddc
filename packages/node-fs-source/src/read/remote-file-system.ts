import * as fs from 'node:fs'
import { promisify } from 'node:util'

/** Types of file systems behind a network or another process, as numbered by statfs(2) on Linux. */
const REMOTE_TYPES = new Set([
  0x6969n, // NFS
  0x517bn, // SMB
  0xff534d42n, // CIFS
  0xfe534d42n, // SMB2
  0x65735546n, // FUSE, virtiofs
  0x01021997n, // 9p
  0x00c36400n, // Ceph
  0x0bd00bd0n, // Lustre
  0x5346414fn, // AFS
  0x6b414653n, // AFS in the kernel
  0x73757245n, // Coda
  0x564cn, // NCP
  0x47504653n, // GPFS
  0x01161970n, // GFS2
  0x7461636fn, // OCFS2
  0x19830326n, // BeeGFS
  0x20030528n, // OrangeFS
  0x786f4256n, // VirtualBox shared folders
  0xbacbacbcn, // VMware shared folders
])

/** Device numbers are reused after an unmount, so answers are kept for this many milliseconds only. */
const KNOWN_FOR_MS = 10_000

const known = new Map<bigint, { readonly remote: boolean; readonly at: number }>()

/** Whether a type reported by statfs(2) is that of a remote file system. */
export function isRemoteType(type: bigint): boolean {
  // Some systems sign-extend the number.
  return REMOTE_TYPES.has(BigInt.asUintN(32, type))
}

/**
 * Whether an open file is on a file system that may never answer, so that no thread with other work may wait for it.
 * `false` where that cannot be determined.
 *
 * @param path of the file, for systems without /proc.
 * @param dev the number of its device; the answer is remembered for it.
 */
export async function isRemote(fd: number, path: string, dev: bigint): Promise<boolean> {
  const now = performance.now()
  const before = known.get(dev)
  if (before !== undefined && now - before.at < KNOWN_FOR_MS) return before.remote
  const type = (await typeOf(`/proc/self/fd/${fd}`)) ?? (await typeOf(path))
  if (type === undefined) return false
  const remote = isRemoteType(type)
  known.set(dev, { remote, at: now })
  return remote
}

async function typeOf(path: string): Promise<bigint | undefined> {
  // Not every runtime has it, so it cannot be a named import.
  if (typeof fs.statfs !== 'function') return undefined
  return promisify(fs.statfs)(path, { bigint: true }).then(
    ({ type }) => type,
    () => undefined,
  )
}
