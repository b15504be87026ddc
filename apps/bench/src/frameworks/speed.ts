import { linkSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FILE_NAME, type Measured } from '../measure/measure.ts'
import { type Contender, type RunOptions, runBench } from '../measure/run.ts'
import { describe, describeKind, pinned, type ServerId, startPinned, startServer } from '../peers/servers.ts'
import type { Results } from '../results.ts'
import { frameworks, versionOf } from './catalog.ts'
import type { Framework } from './framework.ts'
import { ownId } from './results.ts'
import { PATH } from './running.ts'
import type { Workshop } from './workshop.ts'

/** Our own server, on the runtimes that the examples run on. */
const REFERENCES = {
  node: 'rangekit-node',
  bun: 'rangekit-bun',
  deno: 'rangekit-deno',
} as const satisfies Readonly<Record<string, ServerId>>

/** Measures our server, then through each framework, and what each framework serves files with. */
export function measureSpeed(
  workshop: Workshop,
  names: readonly string[],
  options: Omit<RunOptions, 'jobs'>,
): Promise<Results> {
  // The example of Workers runs in a development server, whose speed says nothing.
  const runtimes = new Set(names.map((name) => frameworks[name]?.runtime))
  const contenders: Contender[] = Object.entries(REFERENCES)
    .filter(([runtime]) => [...runtimes].some((used) => used === runtime))
    .map(([, id]) => ({ id, ...describe(id), start: (root) => startServer(id, root) }))
  for (const name of names) {
    const framework = frameworks[name]
    if (framework !== undefined && framework.runtime !== 'workerd')
      contenders.push(through(workshop, name, framework), ...ownHelper(workshop, name, framework))
  }
  return runBench(contenders, { ...options, jobs: ['range-1k', 'range-1m'] }, async (root) => {
    for (const name of names) {
      const own = frameworks[name]?.own
      // A framework may copy or list the folder when it builds.
      if (own?.kind === 'folder')
        putFile(join(root, FILE_NAME), join(workshop.at(name), own.folder, FILE_NAME))
      await workshop.build(name)
    }
  })
}

function through(workshop: Workshop, name: string, framework: Framework): Contender {
  return {
    id: name,
    title: `Rangekit through ${framework.title}`,
    setup: `examples/${name}`,
    version: versionOf(name),
    start: (root) => startAt(workshop, name, root, PATH),
  }
}

function ownHelper(workshop: Workshop, name: string, { title, own }: Framework): Contender[] {
  const id = ownId(name)
  switch (own.kind) {
    case 'none':
      return []
    case 'server':
      return [{ id, ...describeKind(own.server), start: (root) => startPinned(own.server, root) }]
    case 'folder':
      return [
        {
          id,
          title: `${title}, folder ${own.folder}`,
          setup: 'served by the framework',
          version: versionOf(name),
          start: (root) => startAt(workshop, name, root, '/'),
        },
      ]
  }
}

async function startAt(workshop: Workshop, name: string, root: string, path: string): Promise<Measured> {
  const example = await workshop.start(name, root, pinned)
  return { url: example.origin + path, pid: example.pid, [Symbol.asyncDispose]: example[Symbol.asyncDispose] }
}

function putFile(source: string, destination: string): void {
  mkdirSync(dirname(destination), { recursive: true })
  linkSync(source, destination)
}
