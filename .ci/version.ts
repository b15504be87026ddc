// `npm run version`: turns the change files into new versions and changelogs, and lets the examples follow.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { exampleManifests, readVersion, withVersion } from './release.ts'

execFileSync('changeset', ['version'], { stdio: 'inherit' })
const version = readVersion()
for (const path of exampleManifests()) {
  writeFileSync(path, withVersion(readFileSync(path, 'utf8'), version))
}
