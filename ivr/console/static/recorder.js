// The recorder: the microphone becomes a WAV file in the form that also takes files. Without it files are sent.
const RATE_HZ = 16000;
const LEVEL_GAIN = 4;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

class Recording {
  static async begin(onPiece) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true } });
    const recording = new Recording();
    recording.stream = stream;
    recording.pieces = [];
    recording.context = new AudioContext(); // its own rate: Firefox refuses another one here
    await recording.context.audioWorklet.addModule(new URL("./tap.js", import.meta.url));
    recording.source = recording.context.createMediaStreamSource(stream);
    const tap = new AudioWorkletNode(recording.context, "tap", { numberOfOutputs: 0 });
    tap.port.onmessage = (event) => { recording.pieces.push(event.data); onPiece(event.data, recording.seconds()); };
    recording.source.connect(tap);
    await recording.context.resume();
    return recording;
  }

  count() { return this.pieces.reduce((sum, piece) => sum + piece.length, 0); }

  seconds() { return this.count() / this.context.sampleRate; }

  async end() {
    this.source.disconnect();
    for (const track of this.stream.getTracks()) track.stop();
    const samples = await this.atRate();
    await this.context.close();
    return wavOf(samples);
  }

  async atRate() {
    const count = this.count();
    if (!count) return new Float32Array(0);
    const offline = new OfflineAudioContext(1, Math.ceil(count * RATE_HZ / this.context.sampleRate), RATE_HZ);
    const buffer = offline.createBuffer(1, count, this.context.sampleRate);
    let place = 0;
    for (const piece of this.pieces) { buffer.copyToChannel(piece, 0, place); place += piece.length; }
    const source = offline.createBufferSource();
    source.buffer = buffer;
    source.connect(offline.destination);
    source.start();
    return (await offline.startRendering()).getChannelData(0);
  }
}

function wavOf(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + samples.length * 2, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true); view.setUint32(28, RATE_HZ * 2, true);
  view.setUint16(32, 2, true); view.setUint16(34, 16, true); text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new File([view.buffer], "answer.wav", { type: "audio/wav" });
}

class Recorder {
  constructor(box) {
    this.longest = Number(box.dataset.longest);
    this.button = box.querySelector(".record");
    this.meter = box.querySelector("meter");
    this.clock = box.querySelector(".clock");
    this.refused = box.querySelector(".refused");
    this.words = box.dataset;
    this.upload = box.nextElementSibling;
    this.button.addEventListener("click", () => this.toggle());
    this.upload.open = false;
    box.hidden = false;
  }

  async toggle() {
    this.button.disabled = true;
    await (this.recording ? this.stop() : this.start());
    this.button.disabled = false;
  }

  async start() {
    try {
      this.recording = await Recording.begin((piece, seconds) => this.show(piece, seconds));
    } catch {
      this.refused.textContent = this.words.refused;
      this.refused.hidden = false;
      this.upload.open = true;
      return;
    }
    this.refused.hidden = true;
    this.meter.hidden = this.clock.hidden = false;
    this.button.textContent = this.button.dataset.stop;
  }

  show(piece, seconds) {
    const loudest = piece.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    this.meter.value = Math.min(1, loudest * LEVEL_GAIN);
    const text = `${clock(seconds)} / ${clock(this.longest)}`;
    if (this.clock.textContent !== text) this.clock.textContent = text;
    if (seconds >= this.longest - 1 && this.recording && !this.button.disabled) this.toggle();
  }

  async stop() {
    const recording = this.recording;
    this.recording = null;
    const files = new DataTransfer();
    files.items.add(await recording.end());
    const form = this.upload.querySelector("form");
    form.querySelector("input[type=file]").files = files.files;
    form.requestSubmit();
  }
}

// Without a secure address there is no microphone, and files stay the way.
if (navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode) {
  for (const box of document.querySelectorAll("[data-recorder]")) new Recorder(box);
}
