// Loaded before the server in wire tests: bytes that are sent from a buffer after it was given back show as 0xdb.
import { BufferPool } from '../../src/node/response/buffer-pool.ts'

const { give } = BufferPool.prototype
BufferPool.prototype.give = function (buffer) {
  buffer.fill(0xdb)
  give.call(this, buffer)
}
