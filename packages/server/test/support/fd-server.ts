// Serves on descriptor 3, or prints why it cannot, on the runtime that runs this.
import { serve } from '../../src/index.ts'

try {
  await serve({ fd: 3, hostname: '127.0.0.1', fetch: () => new Response('inherited') })
  console.log('It listens')
} catch (error) {
  console.log(String(error))
  process.exit()
}
