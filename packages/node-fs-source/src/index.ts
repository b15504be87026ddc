export { type FileSourceOptions, fileSource } from './file-source.ts'
