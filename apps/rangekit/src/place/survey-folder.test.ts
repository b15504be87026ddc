import { symlinkSync } from 'node:fs'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { describe, expect, it } from 'vitest'
import { surveyFolder } from './survey-folder.ts'

describe('a survey', () => {
  const folder = sharedFolder(({ put }) => {
    put('notes.txt', '')
    put('b.mp4', '')
    put('a.webm', '')
    put('.hidden.mp4', '')
    put('films/0.mkv', '')
    put('films/old/1.mov', '')
    put('music/song.mp3', '')
    put('.trash/2.mp4', '')
  })

  it('counts the videos of the folder and its sub-folders, and names the first one', async () => {
    expect(await surveyFolder(folder.path)).toEqual({ videos: 4, complete: true, example: 'a.webm' })
  })

  it('counts a folder once to which several links lead', async () => {
    using circle = makeFolder()
    circle.put('a/film.mp4', '')
    symlinkSync('..', circle.at('a/up'))
    symlinkSync('a', circle.at('b'))
    expect(await surveyFolder(circle.path)).toEqual({ videos: 1, complete: true, example: 'a/film.mp4' })
  })

  it('names another file where there is no video', async () => {
    using texts = makeFolder()
    texts.put('b.txt', '')
    texts.put('a/a.txt', '')
    expect(await surveyFolder(texts.path)).toEqual({ videos: 0, complete: true, example: 'b.txt' })
  })

  it('names a video further down rather than a text', async () => {
    using mixed = makeFolder()
    mixed.put('a.txt', '')
    mixed.put('a/film.mp4', '')
    expect(await surveyFolder(mixed.path)).toEqual({ videos: 1, complete: true, example: 'a/film.mp4' })
  })

  it('names none in an empty folder', async () => {
    using empty = makeFolder()
    expect(await surveyFolder(empty.path)).toEqual({ videos: 0, complete: true, example: undefined })
  })

  it('stops after a number of folders', async () => {
    expect(await surveyFolder(folder.path, { folders: 2 })).toEqual({
      videos: 3,
      complete: false,
      example: 'a.webm',
    })
  })

  it('stops when its time is over', async () => {
    expect(await surveyFolder(folder.path, { time: 0 })).toMatchObject({ complete: false })
  })
})
