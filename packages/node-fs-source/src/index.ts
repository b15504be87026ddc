export { type FileSourceOptions, fileSource } from './file-source.ts'
export { type FolderReader, folderReader } from './list/folder-reader.ts'
export type { FolderEntry, FolderListing } from './list/list-folder.ts'
