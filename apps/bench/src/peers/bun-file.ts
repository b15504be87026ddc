// A server that sends Bun.file, as Bun's documentation shows: bun bun-file.ts ROOT PORT

interface BunFile extends Blob {
  slice(begin?: number, end?: number): BunFile
}

declare const Bun: {
  file(path: string): BunFile
  serve(options: {
    readonly port: number
    readonly hostname: string
    readonly fetch: (request: Request) => Response
  }): unknown
}

const [root = '', port = ''] = process.argv.slice(2)

Bun.serve({ port: Number(port), hostname: '127.0.0.1', fetch: answer })

function answer(request: Request): Response {
  const file = Bun.file(root + new URL(request.url).pathname)
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get('Range') ?? '') ?? []
  if (first === undefined || last === undefined) return new Response(file)
  return new Response(file.slice(Number(first), Number(last) + 1), {
    status: 206,
    headers: { 'Content-Range': `bytes ${first}-${last}/${file.size}`, 'Accept-Ranges': 'bytes' },
  })
}
