// Writes to a file as a plan says, until it is killed: `node killed-writer.ts PATH PLAN`, where the plan is JSON.
import { writeVersions } from './versions-writer.ts'

const [, , path = '', plan = '[]'] = process.argv
await writeVersions(path, JSON.parse(plan))
