import * as fs from 'node:fs'
import { promisify } from 'node:util'

/** File systems behind a network or another process, by their numbers in statfs(2) on Linux. */
const REMOTE = new Set([
  0x6969n, // NFS
  0x517bn, // SMB
  0xff534d42n, // CIFS
  0xfe534d42n, // SMB2
  0x65735546n, // FUSE, virtiofs
  0x01021997n, // 9p
  0x00c36400n, // Ceph
  0x0bd00bd0n, // Lustre
  0x5346414fn, // AFS
  0x6b414653n, // AFS of the kernel
  0x73757245n, // Coda
  0x564cn, // NCP
  0x47504653n, // GPFS
  0x01161970n, // GFS2
  0x7461636fn, // OCFS2
  0x19830326n, // BeeGFS
  0x20030528n, // OrangeFS
  0x786f4256n, // folders shared by VirtualBox
  0xbacbacbcn, // folders shared by VMware
])

/** Device numbers are reused after an unmount, so answers are kept for this many milliseconds. */
const KNOWN_FOR = 10_000

const known = new Map<bigint, { readonly remote: boolean; readonly at: number }>()

/** Whether a type from statfs(2) is that of a remote file system. */
export function isRemoteType(type: bigint): boolean {
  // Some systems widen the number with its sign.
  return REMOTE.has(BigInt.asUintN(32, type))
}

/**
 * Whether an open file lies on a file system that may never answer, so that no thread with other work may wait for it.
 * `false` where that cannot be found out.
 *
 * @param path where the file lies, for systems without /proc.
 * @param dev the number of its device, for which the answer is remembered.
 */
export async function isRemote(fd: number, path: string, dev: bigint): Promise<boolean> {
  const now = performance.now()
  const before = known.get(dev)
  if (before !== undefined && now - before.at < KNOWN_FOR) return before.remote
  const type = (await typeOf(`/proc/self/fd/${fd}`)) ?? (await typeOf(path))
  if (type === undefined) return false
  const remote = isRemoteType(type)
  known.set(dev, { remote, at: now })
  return remote
}

async function typeOf(path: string): Promise<bigint | undefined> {
  // Asked of the module, since not every runtime has it.
  if (typeof fs.statfs !== 'function') return undefined
  return promisify(fs.statfs)(path, { bigint: true }).then(
    ({ type }) => type,
    () => undefined,
  )
}
