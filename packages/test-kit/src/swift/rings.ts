import { run } from '../processes.ts'
import { STORES, type SwiftPorts } from './config.ts'

// What swift-ring-builder does, in one process instead of nine.
const SCRIPT = `
import json, os, sys
dir, ports = sys.argv[1], json.loads(sys.argv[2])
try:
    os.setxattr(dir, 'user.rangekit', b'')
except OSError as error:
    sys.exit('Swift needs extended attributes, which the file system of %s lacks: %s' % (dir, error))
from swift.common.ring import RingBuilder
for name, port in ports.items():
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'weight': 1, 'device': 'disk', 'meta': '',
        'ip': '127.0.0.1', 'port': port, 'replication_ip': '127.0.0.1', 'replication_port': port})
    builder.rebalance()
    builder.get_ring().save('%s/%s.ring.gz' % (dir, name))
`

/**
 * Writes the rings, which tell the proxy where the storage servers are: one replica on one device.
 *
 * @throws Error if the folder's file system has no extended attributes, which Swift keeps metadata in.
 */
export async function writeRings(dir: string, ports: SwiftPorts): Promise<void> {
  const rings = JSON.stringify(Object.fromEntries(STORES.map((store) => [store, ports[store]])))
  // Debian's Python, where its packages are.
  const { code, stderr } = await run('/usr/bin/python3', ['-c', SCRIPT, dir, rings])
  if (code !== 0) throw new Error(`Swift's rings could not be built: ${stderr}`)
}
