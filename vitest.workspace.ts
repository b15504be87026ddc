import { readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// One project per package and app; a test file stands beside what it tests.
const folders = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))

// The apps' tests start servers, browsers and thousands of connections: each file has the machine for itself.
const alone = folders.filter((folder) => folder.startsWith('apps/'))

export default defineConfig({
  test: {
    projects: folders.map((root) => ({
      extends: true as const,
      root,
      test: {
        name: root,
        include: ['{src,test}/**/*.test.ts'],
        environment: 'node',
        ...(alone.includes(root) && { maxWorkers: 1, sequence: { groupOrder: alone.indexOf(root) + 1 } }),
      },
    })),
  },
})
