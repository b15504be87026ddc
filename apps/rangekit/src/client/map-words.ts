/** Names of clients and files. */
import type { TransferBegun } from '../inspect/protocol.ts'

/** Who asks, as the subject of a sentence. */
export function whoAsks({ fields }: TransferBegun): string {
  const agent = fields['User-Agent'] ?? ''
  if ('Sec-Fetch-Dest' in fields || agent.startsWith('Mozilla/')) return 'the browser'
  const [, name] = /^(curl|wget|aria2|vlc|mpv|libmpv|lavf|rclone|ffmpeg)\b/i.exec(agent) ?? []
  if (name === undefined) return 'the client'
  return /^lavf$/i.test(name) ? 'FFmpeg' : name
}

/** What the file is, as in "the whole film". */
export function whatItIs({ answer }: TransferBegun): string {
  const [kind = ''] = (answer['Content-Type'] ?? '').split('/')
  return { video: 'film', audio: 'recording', image: 'picture' }[kind] ?? 'file'
}

/** What the index of a film is called in its format. */
export function indexName({ answer }: TransferBegun): string {
  const type = answer['Content-Type'] ?? ''
  if (/mp4|quicktime|m4a|m4v/.test(type)) return 'moov'
  return /matroska|webm/.test(type) ? 'cues' : 'or tags'
}

/** The same with a capital at its beginning. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** Whether a browser asks for it in order to play it. */
export function isPlaying({ fields }: TransferBegun): boolean {
  return /^(?:video|audio)$/.test(fields['Sec-Fetch-Dest'] ?? '')
}
