// The microphone as a telephone hears it: 8000 samples a second, in WAV pieces.

const LINE_RATE_HZ = 8000;
const CUTOFF_HZ = 3600;
const HALF_WIDTH_S = 0.001;
const PIECE_SAMPLES = LINE_RATE_HZ / 2;

/** Brings sound down to the rate of the line; keeps what the next piece needs of the last one. */
export class Downsampler {
  constructor(rateHz) {
    this.step = rateHz / LINE_RATE_HZ;
    this.half = Math.ceil(HALF_WIDTH_S * rateHz);
    this.cutoff = 2 * CUTOFF_HZ / rateHz;
    this.kept = new Float32Array(this.half);
    this.place = this.half;
  }

  take(samples) {
    const all = new Float32Array(this.kept.length + samples.length);
    all.set(this.kept);
    all.set(samples, this.kept.length);
    const out = [];
    for (; this.place + this.half < all.length; this.place += this.step) out.push(this.at(all, this.place));
    const first = Math.max(0, Math.floor(this.place) - this.half);
    this.kept = all.slice(first);
    this.place -= first;
    return out;
  }

  at(all, place) {
    let sum = 0;
    let weights = 0;
    const from = Math.max(0, Math.ceil(place - this.half));
    for (let i = from; i <= place + this.half; i++) {
      const x = i - place;
      const window = 0.5 + 0.5 * Math.cos(Math.PI * x / this.half);
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * this.cutoff * x) / (Math.PI * this.cutoff * x);
      sum += all[i] * window * sinc;
      weights += window * sinc;
    }
    return sum / weights;
  }
}

/** Writes samples as a WAV file: 16 bit, one channel. */
export function wavOf(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF'); view.setUint32(4, 36 + samples.length * 2, true); text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, LINE_RATE_HZ, true); view.setUint32(28, LINE_RATE_HZ * 2, true);
  view.setUint16(32, 2, true); view.setUint16(34, 16, true); text(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((x, i) => view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, x)) * 32767, true));
  return new Blob([view], {type: 'audio/wav'});
}

/** Tells in plain words why there is no microphone. */
export function whyNot(error) {
  if (!window.isSecureContext) return 'This page was not opened over https or on this computer itself, so the browser gives it no microphone.';
  if (error?.name === 'NotAllowedError') return 'The microphone was refused.';
  if (error?.name === 'NotFoundError') return 'No microphone was found.';
  return 'The microphone cannot be used.';
}

/** A microphone that is open for the length of a call and heard only between begin and finish. */
export class Microphone {
  static async open(context, worklet) {
    if (!navigator.mediaDevices) throw new Error('no microphone here');
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: {channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: true},
    });
    await context.audioWorklet.addModule(worklet);
    return new Microphone(context, stream);
  }

  constructor(context, stream) {
    this.stream = stream;
    this.source = context.createMediaStreamSource(stream);
    this.tap = new AudioWorkletNode(context, 'tap', {numberOfOutputs: 0});
    this.tap.port.onmessage = message => this.hear(message.data);
    this.source.connect(this.tap);
    this.rateHz = context.sampleRate;
    this.onLevel = () => {};
    this.send = null;
  }

  begin(send) {
    this.downsampler = new Downsampler(this.rateHz);
    this.samples = [];
    this.sent = Promise.resolve();
    this.send = send;
  }

  hear(samples) {
    if (!this.send) return;
    this.onLevel(samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0));
    this.samples.push(...this.downsampler.take(samples));
    if (this.samples.length >= PIECE_SAMPLES) this.flush();
  }

  flush() {
    const piece = this.samples;
    const send = this.send;
    this.samples = [];
    if (piece.length) this.sent = this.sent.then(() => send(wavOf(piece))).catch(() => {});
    return this.sent;
  }

  async finish() {
    if (!this.send) return;
    const sent = this.flush();
    this.send = null;
    this.onLevel(0);
    await sent;
  }

  close() {
    this.send = null;
    this.source.disconnect();
    this.stream.getTracks().forEach(track => track.stop());
  }
}
