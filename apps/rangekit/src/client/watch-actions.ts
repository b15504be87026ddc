import { formatDuration } from './format.ts'
import type { Captions } from './watch-captions.ts'
import { type Action, SPEEDS } from './watch-keys.ts'

/** Does one thing with the player, and says what it did. `by` is the amount that the shortcut names. */
type Act = (by: number) => string | undefined

interface Controls {
  readonly media: HTMLMediaElement
  readonly captions: Captions
}

/** What Safari on an iPhone has in place of full screen for elements. */
interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?(): void
}

/** What the shortcuts do with a player. Those that are missing do not concern it. */
export function mediaActions({ media, captions }: Controls): Readonly<Partial<Record<Action, Act>>> {
  return {
    toggle() {
      if (media.paused) void media.play().catch(() => {})
      else media.pause()
      return media.paused ? 'Paused' : 'Playing'
    },
    seek(by) {
      seekTo(media, media.currentTime + by)
      return formatDuration(media.currentTime)
    },
    jump(by) {
      if (!Number.isFinite(media.duration)) return undefined
      seekTo(media, media.duration * by)
      return formatDuration(media.currentTime)
    },
    volume(by) {
      media.volume = Math.min(1, Math.max(0, Math.round((media.volume + by) * 100) / 100))
      media.muted = false
      return `Volume ${Math.round(media.volume * 100)}%`
    },
    mute() {
      media.muted = !media.muted
      return media.muted ? 'Muted' : 'Sound on'
    },
    speed(by) {
      const slower = SPEEDS.findLastIndex((speed) => speed < media.playbackRate)
      const faster = SPEEDS.findIndex((speed) => speed > media.playbackRate)
      media.playbackRate = SPEEDS.at(by < 0 ? Math.max(0, slower) : faster) ?? 1
      return `Speed ${media.playbackRate}×`
    },
    captions: () => captions.toggle(),
    pictureInPicture: () => togglePictureInPicture(media),
    fullscreen: () => toggleFullscreen(media),
  }
}

function seekTo(media: HTMLMediaElement, time: number): void {
  const end = Number.isFinite(media.duration) ? media.duration : time
  media.currentTime = Math.min(end, Math.max(0, time))
}

function toggleFullscreen(media: HTMLMediaElement): string | undefined {
  if (!isVideo(media)) return undefined
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => {})
  else if (media.requestFullscreen !== undefined) void media.requestFullscreen().catch(() => {})
  else media.webkitEnterFullscreen?.()
  return undefined
}

/** Shows the video in a window above all others, or brings it back, where the browser can. */
export function togglePictureInPicture(media: HTMLMediaElement): string | undefined {
  if (!isVideo(media)) return undefined
  if (!canPictureInPicture()) return 'This browser has no picture in picture'
  if (document.pictureInPictureElement !== null) void document.exitPictureInPicture().catch(() => {})
  else void media.requestPictureInPicture().catch(() => {})
  return undefined
}

function isVideo(media: HTMLMediaElement): media is PhoneVideo {
  return media instanceof HTMLVideoElement
}

export function canPictureInPicture(): boolean {
  return document.pictureInPictureEnabled === true
}
