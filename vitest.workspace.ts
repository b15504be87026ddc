import { existsSync, globSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

interface Project {
  readonly name: string
  readonly root: string
  readonly include: string[]
  readonly env: Record<string, string>
}

// One project per package and app.
const folders = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))
const projects: Project[] = folders.map((root) => ({
  name: root,
  root,
  include: ['{src,test}/**/*.test.ts'],
  env: {},
}))

// Tests in this folder run once per runtime, and start servers on the one that RANGEKIT_RUNTIME names.
const EVERY_RUNTIME = 'test/every-runtime'
for (const root of folders.filter((folder) => existsSync(`${folder}/${EVERY_RUNTIME}`))) {
  for (const runtime of ['bun', 'deno']) {
    projects.push({
      name: `${root} on ${runtime}`,
      root,
      include: [`${EVERY_RUNTIME}/*.test.ts`],
      env: { RANGEKIT_RUNTIME: runtime },
    })
  }
}

// Files of these names run one at a time, after all others, as projects of their own: what measures memory or short
// times, and what takes long, such as browsers, frameworks and packed packages. `npm run test:heavy` runs the latter.
const APART = ['alone', 'heavy']
const filesOf = (kind: string) => `*.${kind}.test.ts`
const apartIn = ({ include }: Project, kind: string) =>
  include.map((pattern) => pattern.replace('*.test.ts', filesOf(kind)))

// Many tests wait for processes and browsers. More of them at a time than there are cores would wait too long.
const WORKERS = Math.max(2, availableParallelism())

// Overwrites each pooled buffer as soon as it is released, for tests that call `serve` in their own process.
const poison = ['../../packages/server/test/support/poison.ts']

export default defineConfig({
  test: {
    // Only to end what hangs. Tests that judge durations measure them, since other work may slow the machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      ...projects.map((project) =>
        configOf(project, { exclude: APART.map((kind) => `**/${filesOf(kind)}`) }, 1, WORKERS),
      ),
      ...APART.flatMap((kind, index) =>
        projects
          .filter((project) => globSync(apartIn(project, kind), { cwd: project.root }).length > 0)
          .map((project) => {
            const differs = { name: `${project.name}, ${kind}`, include: apartIn(project, kind) }
            return configOf(project, differs, index + 2, 1)
          }),
      ),
    ],
  },
})

/** Groups run one after the other. */
function configOf(
  project: Project,
  differs: Partial<Project & { exclude: string[] }>,
  groupOrder: number,
  maxWorkers: number,
) {
  const { root, ...test } = { ...project, ...differs }
  return {
    extends: true as const,
    root,
    test: {
      ...test,
      environment: 'node' as const,
      setupFiles: root.startsWith('apps/') ? poison : [],
      maxWorkers,
      sequence: { groupOrder },
    },
  }
}
