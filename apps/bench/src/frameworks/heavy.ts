import type { Frameworks, OwnHelper } from './framework.ts'

const folder = (name: string): OwnHelper => ({ kind: 'folder', folder: name })

/** Frameworks whose examples are built first. */
export const heavyFrameworks: Frameworks = {
  next: {
    title: 'Next.js',
    version: { package: 'next' },
    runtime: 'node',
    door: {
      file: 'pages/api/stream/[...path].ts',
      lines: [
        'export const config = { api: { externalResolver: true, responseLimit: false } }',
        "export default toNodeHandler(streamHandler(media, { prefix: '/api/stream' }))",
      ],
    },
    own: folder('public'),
  },
  sveltekit: {
    title: 'SvelteKit',
    version: { package: '@sveltejs/kit' },
    runtime: 'node',
    door: {
      file: 'src/routes/api/stream/[...path]/+server.ts',
      lines: [
        'const stream: RequestHandler = ({ request }) => handler(request)',
        'export { stream as GET, stream as HEAD, stream as OPTIONS }',
      ],
    },
    own: folder('static'),
  },
  nuxt: {
    title: 'Nuxt',
    version: { package: 'nuxt' },
    runtime: 'node',
    door: {
      file: 'server/api/stream/[...path].ts',
      lines: [
        "export default fromNodeMiddleware(toNodeHandler(streamHandler(media, { prefix: '/api/stream' })))",
      ],
    },
    own: folder('public'),
  },
  astro: {
    title: 'Astro',
    version: { package: 'astro' },
    runtime: 'node',
    door: { file: 'server.js', lines: ["app.use('/api/stream', toNodeHandler(streamHandler(media)))"] },
    own: folder('public'),
  },
  'tanstack-start': {
    title: 'TanStack Start',
    version: { package: '@tanstack/react-start' },
    runtime: 'node',
    door: {
      file: 'src/routes/api/stream.$.ts',
      lines: [
        "export const Route = createFileRoute('/api/stream/$')({",
        '  server: { handlers: { ANY: ({ request }) => stream(request) } },',
        '})',
      ],
    },
    own: folder('public'),
  },
  'react-router': {
    title: 'React Router',
    version: { package: 'react-router' },
    runtime: 'node',
    door: {
      file: 'app/stream.ts',
      lines: [
        'const stream = ({ request }: { request: Request }) => handler(request)',
        'export { stream as action, stream as loader }',
      ],
    },
    own: folder('public'),
  },
  'solid-start': {
    title: 'SolidStart',
    version: { package: '@solidjs/start' },
    runtime: 'node',
    door: {
      file: 'src/routes/api/stream/[...path].ts',
      lines: [
        'const stream = ({ request }: APIEvent) => handler(request)',
        'export { stream as GET, stream as HEAD, stream as OPTIONS }',
      ],
    },
    own: folder('public'),
  },
}
