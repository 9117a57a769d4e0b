export interface Recording {
  readonly file: File
  readonly durationMs: number
  /** At most 64 loudnesses of 0 to 100. */
  readonly waveform: readonly number[]
}

export interface Recorder {
  /** Null when nothing was recorded. */
  readonly finish: () => Promise<Recording | null>
  /** Throws the sound away and gives the microphone back. */
  readonly cancel: () => void
  /** How loud it is now, 0 to 100. */
  readonly level: () => number
}

/** iPhones play AAC in MP4 in every version; the others are what the rest of the browsers can record. */
const formats = [
  ['audio/mp4;codecs=mp4a.40.2', 'm4a'],
  ['audio/mp4', 'm4a'],
  ['audio/webm;codecs=opus', 'webm'],
  ['audio/ogg;codecs=opus', 'ogg'],
] as const

const bitsPerSecond = 32_000
const levelMs = 100
const barsMax = 64

/** Asks for the microphone and records until `finish` or `cancel`. Rejects when it is refused. */
export async function startRecorder(): Promise<Recorder> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true },
  })
  const format = formats.find(([type]) => MediaRecorder.isTypeSupported(type))
  const recorder = new MediaRecorder(stream, {
    audioBitsPerSecond: bitsPerSecond,
    ...(format && { mimeType: format[0] }),
  })
  const chunks: Blob[] = []
  recorder.ondataavailable = ({ data }) => void (data.size > 0 && chunks.push(data))
  const meter = meterOf(stream)
  const levels: number[] = []
  const timer = setInterval(() => levels.push(meter.level()), levelMs)
  const startedAt = performance.now()
  recorder.start()

  const release = () => {
    clearInterval(timer)
    meter.close()
    for (const track of stream.getTracks()) track.stop()
  }
  const finish = async () => {
    const durationMs = Math.max(1, Math.round(performance.now() - startedAt))
    await stopped(recorder)
    release()
    if (chunks.length === 0) return null
    const type = recorder.mimeType.split(';')[0] ?? ''
    const file = new File(chunks, `voice.${format?.[1] ?? 'webm'}`, { type })
    return { file, durationMs, waveform: waveformOf(levels) }
  }
  const cancel = () => {
    recorder.ondataavailable = null
    if (recorder.state !== 'inactive') recorder.stop()
    release()
  }
  return { finish, cancel, level: meter.level }
}

function stopped(recorder: MediaRecorder): Promise<void> {
  return new Promise((resolve) => {
    if (recorder.state === 'inactive') return resolve()
    recorder.onstop = () => resolve()
    recorder.stop()
  })
}

function meterOf(stream: MediaStream) {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 512
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Uint8Array(analyser.fftSize)
  const level = () => {
    analyser.getByteTimeDomainData(samples)
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample - 128)), 0)
    return Math.round((loudest / 128) * 100)
  }
  const close = () => {
    if (context.state !== 'closed') void context.close()
  }
  return { level, close }
}

/** At most `barsMax` bars, each the loudest moment of its part. */
export function waveformOf(levels: readonly number[]): number[] {
  const count = Math.min(barsMax, levels.length)
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / count)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / count))
    return Math.max(...levels.slice(from, to))
  })
}
