import { readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// One project per package and app; a test file stands beside what it tests.
const folders = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))
const projects = folders.map((root) => ({
  name: root,
  root,
  include: ['{src,test}/**/*.test.ts'],
  env: {},
}))

// What clients and files can do to a running server is tried on the other runtimes as well. The files that do so ask
// apps/hono-server/test/support/runtime.ts what there is to try.
const attacks = [
  'aborts exhaustion faults heads links memory names paths pipelining pipes plain-responses replaced-responses shutdown',
  'slow-clients slow-disk special-files versions workers',
]
  .join(' ')
  .split(' ')
for (const runtime of ['bun', 'deno']) {
  projects.push({
    name: `apps/hono-server on ${runtime}`,
    root: 'apps/hono-server',
    include: attacks.map((name) => `test/${name}.test.ts`),
    env: { RANGEKIT_RUNTIME: runtime },
  })
}

// Buffers that a server gives back are overwritten at once, also where a test serves by itself.
const poison = { 'apps/hono-server': ['../runtimes/src/poison.ts'] } as Readonly<Record<string, string[]>>

// The apps' tests start servers, browsers and thousands of connections: each file has the machine for itself.
const alone = projects.filter(({ root }) => root.startsWith('apps/'))

export default defineConfig({
  test: {
    // Ends what hangs. How long a thing may take is not for these to say: other work may have the machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    projects: projects.map((project) => {
      const { root, ...test } = project
      const turn = alone.indexOf(project)
      return {
        extends: true as const,
        root,
        test: {
          ...test,
          environment: 'node',
          setupFiles: poison[root] ?? [],
          ...(turn >= 0 && { maxWorkers: 1, sequence: { groupOrder: turn + 1 } }),
        },
      }
    }),
  },
})
